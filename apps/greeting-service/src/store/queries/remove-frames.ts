import { type EntityManager } from 'typeorm';
import { type FramesPool } from '../../cache/frames';

export interface RemovedFrames {
  key: string;
  pool: FramesPool;
  locale: string;
  voice: string;
  text: string;
}

/** All frames of a business; a synthesis that still runs loses its claim, so that its result is thrown away. */
export const removeFrames = async (manager: EntityManager, businessId: string): Promise<RemovedFrames[]> => {
  await manager.query('DELETE FROM synthesis_claims WHERE business_id = $1', [businessId]);
  const [rows] = await manager.query<[RemovedFrames[], number]>(
    'DELETE FROM frames WHERE business_id = $1 RETURNING key, pool, locale, voice, text',
    [businessId],
  );
  return rows;
};

/** Greeting and phrases that a saved profile no longer speaks: from this commit on they are never played (GR4). */
export const removeOutdatedFrames = async (
  manager: EntityManager,
  businessId: string,
  keepKeys: readonly string[],
): Promise<void> => {
  await manager.query('DELETE FROM synthesis_claims WHERE business_id = $1 AND key <> ALL($2)', [
    businessId,
    keepKeys,
  ]);
  await manager.query(`DELETE FROM frames WHERE business_id = $1 AND pool <> 'campaign' AND key <> ALL($2)`, [
    businessId,
    keepKeys,
  ]);
};
