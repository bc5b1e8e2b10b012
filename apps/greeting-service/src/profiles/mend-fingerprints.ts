import { type Database } from '@frontdesk/persistence';
import { ProfileEntity } from '../store/entities/profile';
import { findProfilesSince } from '../store/queries/find-profiles';
import { nextRevision } from '../store/queries/revision';
import { announceProfile } from './profile-changed';
import { planOf, type ProfileDefaults } from './profile-shape';
import { planFingerprint } from './speech-plan';

/**
 * Gives a new revision to each profile whose frame keys differ from those that gateways were told: another default voice
 * or locale, another provider, or a release with other phrase texts. Returns how many there were.
 */
export const mendFingerprints = (database: Database, defaults: ProfileDefaults): Promise<number> =>
  database.transaction(async (manager) => {
    const outdated = (await findProfilesSince(manager, 0))
      .filter(({ deletedAt }) => deletedAt === null)
      .map(({ id, ...row }) => ({
        id,
        was: row.spokenFingerprint,
        is: planFingerprint(planOf({ id, ...row }, defaults)),
      }))
      .filter(({ was, is }) => was !== is);
    for (const { id, is } of outdated) {
      const revision = await nextRevision(manager);
      await manager.update(ProfileEntity, { id }, { revision, spokenFingerprint: is });
      await announceProfile(manager, { businessId: id, revision, deleted: false, traceparent: null });
    }
    return outdated.length;
  });
