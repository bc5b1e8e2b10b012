import { type BusinessProfileInput } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { removeOutdatedFrames } from '../store/queries/remove-frames';
import { nextRevision } from '../store/queries/revision';
import { saveProfile } from '../store/queries/save-profile';
import { announceProfile } from './profile-changed';
import { newPlanOf, toColumns, type ProfileDefaults } from './profile-shape';
import { keysOf, planFingerprint, toStoredPlan } from './speech-plan';

export interface ProfileToWrite {
  readonly id: string;
  readonly input: BusinessProfileInput;
  readonly createdAt: Date;
  readonly traceparent: string;
}

/**
 * Writes one profile with a revision of its own, its plan, and the event; what it no longer says is gone with the commit
 * (GR4). Returns the revision.
 */
export const writeProfile = async (
  manager: EntityManager,
  { id, input, createdAt, traceparent }: ProfileToWrite,
  defaults: ProfileDefaults,
): Promise<number> => {
  const revision = await nextRevision(manager);
  const columns = toColumns(input);
  const plan = newPlanOf({ id, ...columns }, defaults);
  const spoken = { spokenFingerprint: planFingerprint(plan), speechPlan: toStoredPlan(plan) };
  const row = { id, revision, ...columns, ...spoken, createdAt, updatedAt: new Date(), deletedAt: null };
  await saveProfile(manager, row, input.phoneNumbers);
  await removeOutdatedFrames(manager, id, keysOf(plan));
  await announceProfile(manager, { businessId: id, revision, deleted: false, traceparent });
  return revision;
};
