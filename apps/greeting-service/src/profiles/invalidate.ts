import { type Database } from '@frontdesk/persistence';
import { type MemoryFrames } from '../cache/memory-frames';
import { findProfile, type Visible } from '../store/queries/find-profiles';
import { renewFrames } from '../store/queries/remove-frames';
import { nextRevision } from '../store/queries/revision';
import { announceProfile } from './profile-changed';

/**
 * Forgets a business's frames on every level, and has them made again. The new revision makes the other replicas and the
 * gateways forget theirs (GR4). A business that does not exist has no frames: nothing is removed.
 * @returns entries deleted, memory and durable level counted separately
 */
export const invalidateFrames = async (
  { database, memory }: { database: Database; memory: MemoryFrames },
  { businessId, visible, traceparent }: { businessId: string; visible: Visible; traceparent: string },
): Promise<number> => {
  const removed = await database.transaction(async (manager) => {
    const revision = await nextRevision(manager);
    if (!(await findProfile(manager, businessId, visible))) return null;
    await manager.query('UPDATE profiles SET revision = $2 WHERE id = $1', [businessId, revision]);
    await announceProfile(manager, { businessId, revision, deleted: false, traceparent });
    return await renewFrames(manager, businessId);
  });
  return removed === null ? 0 : removed + memory.dropBusiness(businessId);
};
