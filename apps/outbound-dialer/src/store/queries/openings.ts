import { type EntityManager } from 'typeorm';
import { updated, type CampaignRow } from '../rows';

/** Running campaigns whose one opening has no frames yet; nobody else gets them before `againMs`. */
export const takeOpenings = (manager: EntityManager, againMs: number): Promise<CampaignRow[]> =>
  updated(
    manager,
    `UPDATE campaigns SET opening_try_at = now() + $1 * interval '1 millisecond'
     WHERE id IN (SELECT id FROM campaigns WHERE state = 'running' AND opening_key IS NULL AND NOT is_personal
       AND coalesce(opening_try_at, now()) <= now() ORDER BY started_at LIMIT 5 FOR UPDATE SKIP LOCKED)
     RETURNING *`,
    [againMs],
  );

export const saveOpeningKey = async (
  manager: EntityManager,
  campaignId: string,
  key: string,
): Promise<void> => {
  await manager.query('UPDATE campaigns SET opening_key = $2 WHERE id = $1', [campaignId, key]);
};

/** It is asked for again after so long: greeting-service answered, and does not have it yet. */
export const retryOpening = async (
  manager: EntityManager,
  campaignId: string,
  againMs: number,
): Promise<void> => {
  await manager.query(
    `UPDATE campaigns SET opening_try_at = now() + $2 * interval '1 millisecond' WHERE id = $1`,
    [campaignId, againMs],
  );
};
