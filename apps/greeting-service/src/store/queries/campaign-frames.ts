import { type EntityManager } from 'typeorm';
import { SPOKEN_KEY } from './spoken-key';
import { type CurrentFrames } from './wanted-frames';

/** Says that these openings are still of use; those that nobody needs any more go. */
export const touchCampaignFrames = async (manager: EntityManager, keys: readonly string[]): Promise<void> => {
  await manager.query(
    `UPDATE frames SET used_at = now()
     WHERE ${SPOKEN_KEY} = ANY($1) AND pool = 'campaign' AND used_at < now() - interval '1 hour'`,
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

/** A release that is rolled back within this time finds its frames as it left them. */
const KEEP_OTHERS = '7 days';

/**
 * Removes frames of makers that are not asked any more, once current ones have been in their place for that long. Returns
 * how many. Their own age counts too: for a release that still runs, the frames of the next one are those of others.
 */
export const pruneOutdatedMakers = async (
  manager: EntityManager,
  { provenances, pipelineVersion }: CurrentFrames,
): Promise<number> => {
  const isCurrent = `pipeline_version = $2 AND provider || '/' || model = ANY($1)`;
  const [, count] = await manager.query<[unknown, number]>(
    `DELETE FROM frames WHERE NOT (${isCurrent}) AND created_at < now() - interval '${KEEP_OTHERS}'
     AND ${SPOKEN_KEY} IN (SELECT ${SPOKEN_KEY} FROM frames
       WHERE ${isCurrent} AND created_at < now() - interval '${KEEP_OTHERS}')`,
    [provenances, pipelineVersion],
  );
  return count;
};
