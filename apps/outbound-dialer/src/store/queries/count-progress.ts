import { type CampaignProgress, type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';

const DONE = 'done:';

/** Contacts of a campaign by how far they are, from counters that every change keeps in its own transaction. */
export const countProgress = async (
  manager: EntityManager,
  campaignId: string,
): Promise<Omit<CampaignProgress, 'state'>> => {
  const rows = await manager.query<{ standing: string; n: number }[]>(
    'SELECT standing, sum(n)::int AS n FROM progress WHERE campaign_id = $1 GROUP BY standing',
    [campaignId],
  );
  const count = (standing: string): number => rows.find((row) => row.standing === standing)?.n ?? 0;
  const ended = rows.filter(({ standing, n }) => standing.startsWith(DONE) && n > 0);
  return {
    queued: count('queued'),
    dialling: count('dialling'),
    inProgress: count('inProgress'),
    done: ended.reduce((sum, { n }) => sum + n, 0),
    byOutcome: Object.fromEntries(
      ended.map(({ standing, n }) => [standing.slice(DONE.length) as DialOutcome, n]),
    ),
  };
};

/**
 * Joins the counters of campaigns that have more rows than that. Each row is joined by one process, however many are at
 * it; what commits meanwhile is joined the next time.
 */
export const joinProgress = async (manager: EntityManager, manyRows = 100): Promise<void> => {
  await manager.query(
    `WITH grown AS (SELECT campaign_id FROM progress GROUP BY campaign_id HAVING count(*) > $1),
       gone AS (DELETE FROM progress WHERE campaign_id IN (SELECT campaign_id FROM grown) RETURNING *)
     INSERT INTO progress (campaign_id, standing, n)
       SELECT campaign_id, standing, sum(n) FROM gone GROUP BY 1, 2 HAVING sum(n) <> 0`,
    [manyRows],
  );
};
