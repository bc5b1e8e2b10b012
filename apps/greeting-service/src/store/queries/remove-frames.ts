import { type EntityManager } from 'typeorm';
import { SPOKEN_KEY } from './spoken-key';

/** All frames of a business; a synthesis that still runs loses its claim, so that its result is thrown away. */
export const removeFrames = async (manager: EntityManager, businessId: string): Promise<void> => {
  await manager.query('DELETE FROM synthesis_claims WHERE business_id = $1', [businessId]);
  await manager.query('DELETE FROM wanted_frames WHERE business_id = $1', [businessId]);
  await manager.query('DELETE FROM frames WHERE business_id = $1', [businessId]);
};

/**
 * All frames of a business, to be made again. Campaign openings, which no profile asks for, are wanted from this commit
 * on. Returns how many there were.
 */
export const renewFrames = async (manager: EntityManager, businessId: string): Promise<number> => {
  await manager.query('DELETE FROM synthesis_claims WHERE business_id = $1', [businessId]);
  const [row] = await manager.query<{ removed: string }[]>(
    `WITH removed AS (DELETE FROM frames WHERE business_id = $1
                       RETURNING ${SPOKEN_KEY} AS key, business_id, pool, locale, voice, text),
          wanted AS (INSERT INTO wanted_frames (key, business_id, pool, locale, voice, text)
                     SELECT DISTINCT ON (key) * FROM removed WHERE pool = 'campaign' ON CONFLICT (key) DO NOTHING)
     SELECT count(*) AS removed FROM removed`,
    [businessId],
  );
  return Number(row?.removed ?? 0);
};

/** Greeting and phrases that a saved profile no longer speaks: from this commit on they are never played (GR4). */
export const removeOutdatedFrames = async (
  manager: EntityManager,
  businessId: string,
  keepKeys: readonly string[],
): Promise<void> => {
  const outdated = [businessId, keepKeys];
  await manager.query(
    `DELETE FROM synthesis_claims WHERE business_id = $1 AND key <> ALL($2)
     AND key NOT IN (SELECT key FROM wanted_frames WHERE business_id = $1 AND pool = 'campaign')`,
    outdated,
  );
  for (const [table, key] of [
    ['frames', SPOKEN_KEY],
    ['wanted_frames', 'key'],
  ])
    await manager.query(
      `DELETE FROM ${table} WHERE business_id = $1 AND pool <> 'campaign' AND ${key} <> ALL($2)`,
      outdated,
    );
};
