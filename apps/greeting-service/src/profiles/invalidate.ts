import { type Database } from '@frontdesk/persistence';
import { type FramesRequest } from '../cache/frames';
import { type MemoryFrames } from '../cache/memory-frames';
import { findProfile, type Visible } from '../store/queries/find-profiles';
import { removeFrames } from '../store/queries/remove-frames';
import { nextRevision } from '../store/queries/revision';
import { announceProfile } from './profile-changed';

export interface Invalidated {
  /** Entries deleted, memory and durable level counted separately. */
  readonly removed: number;
  /** Campaign openings among them: no profile asks for those, so they must be asked for again. */
  readonly campaignRequests: readonly FramesRequest[];
}

/**
 * Forgets a business's frames on every level. The new revision makes the other replicas and the gateways forget theirs,
 * and this service synthesize again (GR4). A business that does not exist has no frames: nothing is removed.
 */
export const invalidateFrames = async (
  { database, memory }: { database: Database; memory: MemoryFrames },
  { businessId, visible, traceparent }: { businessId: string; visible: Visible; traceparent: string },
): Promise<Invalidated> => {
  const rows = await database.transaction(async (manager) => {
    const revision = await nextRevision(manager);
    if (!(await findProfile(manager, businessId, visible))) return null;
    await manager.query('UPDATE profiles SET revision = $2 WHERE id = $1', [businessId, revision]);
    await announceProfile(manager, { businessId, revision, deleted: false, traceparent });
    return await removeFrames(manager, businessId);
  });
  if (!rows) return { removed: 0, campaignRequests: [] };
  return {
    removed: rows.length + memory.dropBusiness(businessId),
    campaignRequests: rows.filter(({ pool }) => pool === 'campaign').map((row) => ({ ...row, businessId })),
  };
};
