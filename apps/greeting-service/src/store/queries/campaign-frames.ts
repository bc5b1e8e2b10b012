import { type EntityManager } from 'typeorm';

/** Says that these openings are still of use; those that nobody needs any more go. */
export const touchCampaignFrames = async (manager: EntityManager, keys: readonly string[]): Promise<void> => {
  await manager.query(
    `UPDATE frames SET used_at = now()
     WHERE key = ANY($1) AND pool = 'campaign' AND used_at < now() - interval '1 hour'`,
    [keys],
  );
};

/** Removes openings that were of no use for so many days, and the least recently used beyond a number. Returns how many. */
export const pruneCampaignFrames = async (
  manager: EntityManager,
  { keepDays, maxStored }: { keepDays: number; maxStored: number },
): Promise<number> => {
  const [, count] = await manager.query<[unknown, number]>(
    `DELETE FROM frames WHERE pool = 'campaign' AND (
       used_at < now() - $1 * interval '1 day'
       OR key IN (SELECT key FROM frames WHERE pool = 'campaign' ORDER BY used_at DESC, key OFFSET $2))`,
    [keepDays, maxStored],
  );
  return count;
};
