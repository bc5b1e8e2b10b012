import { type Database } from '@frontdesk/persistence';
import { type QueryDeepPartialEntity } from 'typeorm';
import { ProfileEntity } from '../store/entities/profile';
import { findProfilesSince } from '../store/queries/find-profiles';
import { nextRevision } from '../store/queries/revision';
import { announceProfile } from './profile-changed';
import { newPlanOf, type ProfileDefaults } from './profile-shape';
import { planFingerprint, toStoredPlan, type SpeechPlan } from './speech-plan';

/**
 * Gives a new revision to each profile whose frame keys differ from those that gateways were told: another default voice
 * or locale, another provider, or a release with other phrase texts. Returns how many there were.
 */
export const mendFingerprints = (database: Database, defaults: ProfileDefaults): Promise<number> =>
  database.transaction(async (manager) => {
    const outdated = (await findProfilesSince(manager, 0))
      .filter(({ deletedAt }) => deletedAt === null)
      .map((row) => ({ row, plan: newPlanOf(row, defaults) }))
      .filter(({ row, plan }) => row.spokenFingerprint !== planFingerprint(plan));
    for (const {
      row: { id },
      plan,
    } of outdated) {
      const revision = await nextRevision(manager);
      await manager.update(ProfileEntity, { id }, planColumns(revision, plan));
      await announceProfile(manager, { businessId: id, revision, deleted: false, traceparent: null });
    }
    return outdated.length;
  });

const planColumns = (revision: number, plan: SpeechPlan): QueryDeepPartialEntity<ProfileEntity> => ({
  revision,
  spokenFingerprint: planFingerprint(plan),
  speechPlan: toStoredPlan(plan),
});
