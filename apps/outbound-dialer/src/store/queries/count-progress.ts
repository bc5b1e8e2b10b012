import { type CampaignProgress } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';

/** Contacts of a campaign by how far they are. */
export const countProgress = async (
  manager: EntityManager,
  campaignId: string,
): Promise<Omit<CampaignProgress, 'state'>> => {
  const [counts] = await manager.query<
    {
      queued: number;
      dialling: number;
      inProgress: number;
      done: number;
      byOutcome: Record<string, number>;
    }[]
  >(
    `WITH standing AS (
       SELECT contact.outcome, attempt.state FROM contacts AS contact
       LEFT JOIN attempts AS attempt ON attempt.contact_id = contact.id AND attempt.state <> 'done'
       WHERE contact.campaign_id = $1
     )
     SELECT
       count(*) FILTER (WHERE outcome IS NULL AND coalesce(state, 'planned') IN ('planned', 'published'))::int
         AS queued,
       count(*) FILTER (WHERE outcome IS NULL
         AND state IN ('claimed', 'asked', 'unknown', 'accepted', 'ringing'))::int AS dialling,
       count(*) FILTER (WHERE outcome IS NULL AND state = 'in-progress')::int AS "inProgress",
       count(*) FILTER (WHERE outcome IS NOT NULL)::int AS done,
       coalesce((SELECT jsonb_object_agg(outcome, n) FROM
         (SELECT outcome, count(*) AS n FROM standing WHERE outcome IS NOT NULL GROUP BY outcome) AS by_outcome),
         '{}') AS "byOutcome"
     FROM standing`,
    [campaignId],
  );
  return counts!;
};
