import { profileChangedEvent, topics, type ProfileChangedEvent } from '@frontdesk/contracts';
import { appendToOutbox } from '@frontdesk/persistence';
import { newId } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';

export interface ProfileChange {
  readonly businessId: string;
  readonly revision: number;
  readonly deleted: boolean;
  readonly traceparent: string | null;
}

/** Tells gateways, with the transaction's commit, to ask for profiles now. */
export const announceProfile = (
  manager: EntityManager,
  { businessId, revision, deleted, traceparent }: ProfileChange,
): Promise<void> => {
  const event: ProfileChangedEvent = {
    id: newId(),
    type: profileChangedEvent.shape.type.value,
    v: 1,
    at: new Date().toISOString(),
    businessId,
    accountSid: null,
    traceparent,
    data: { businessId, revision, deleted },
  };
  return appendToOutbox(manager, [{ topic: topics.profileEvents.name, key: businessId, value: event }]);
};

/** A greeting's frames now exist: whoever was told of the profile and found none should ask again. */
export const announceFrames = async (manager: EntityManager, businessId: string): Promise<void> => {
  const [row] = await manager.query<{ revision: string }[]>(
    'SELECT revision FROM profiles WHERE id = $1 AND deleted_at IS NULL',
    [businessId],
  );
  if (row)
    await announceProfile(manager, {
      businessId,
      revision: Number(row.revision),
      deleted: false,
      traceparent: null,
    });
};
