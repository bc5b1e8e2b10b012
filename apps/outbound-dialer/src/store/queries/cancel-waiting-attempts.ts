import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** planned or published → done (canceled), with their contacts. A job of theirs in Kafka finds nothing to claim. */
export const cancelWaitingAttempts = async (
  manager: EntityManager,
  campaignId: string,
): Promise<AttemptRow[]> => {
  const attempts = await updated<AttemptRow>(
    manager,
    `UPDATE attempts SET state = 'done', outcome = 'canceled', reason = 'the campaign was cancelled',
       changed_at = now()
     WHERE campaign_id = $1 AND state IN ('planned', 'published') RETURNING *`,
    [campaignId],
  );
  await manager.query(
    `UPDATE contacts SET outcome = 'canceled' WHERE campaign_id = $1 AND outcome IS NULL
       AND NOT EXISTS (SELECT 1 FROM attempts WHERE contact_id = contacts.id AND state <> 'done')`,
    [campaignId],
  );
  return attempts;
};

/** Cancelled campaigns that have planned attempts all the same. */
export const selectStranded = async (manager: EntityManager): Promise<string[]> => {
  const rows = await manager.query<{ id: string }[]>(
    `SELECT id FROM campaigns AS campaign WHERE state = 'cancelled'
       AND EXISTS (SELECT 1 FROM attempts WHERE campaign_id = campaign.id AND state = 'planned')`,
  );
  return rows.map(({ id }) => id);
};
