import { type Database } from '@frontdesk/persistence';
import { type EntityManager, In, IsNull, type QueryDeepPartialEntity } from 'typeorm';
import { ProfileEntity } from '../store/entities/profile';
import { findProfilesSince, latestRevision } from '../store/queries/find-profiles';
import { lockRevisions, nextRevision } from '../store/queries/revision';
import { announceProfile } from './profile-changed';
import { newPlanOf, type ProfileDefaults } from './profile-shape';
import { planFingerprint, toStoredPlan, type SpeechPlan } from './speech-plan';

/** Read, and mended, at once: the memory that it takes, and how long a save may have to wait. */
const PAGE_PROFILES = 100;

/**
 * Gives a new revision to each profile whose frame keys differ from those that gateways were told: another default voice
 * or locale, another provider, or a release with other phrase texts. Returns how many there were. Looks at each profile
 * once, so that two releases which start together do not chase each other.
 */
export const mendFingerprints = async (database: Database, defaults: ProfileDefaults): Promise<number> => {
  const { manager } = database.dataSource;
  const last = await latestRevision(manager);
  let mended = 0;
  for (let seen = 0; seen < last;) {
    const page = await findProfilesSince(manager, seen, PAGE_PROFILES);
    const outdated = page.filter((row) => row.revision <= last && isOutdated(row, defaults));
    if (outdated.length > 0)
      mended += await mend(
        database,
        outdated.map(({ id }) => id),
        defaults,
      );
    seen = page.at(-1)?.revision ?? last;
  }
  return mended;
};

const isOutdated = (row: ProfileEntity, defaults: ProfileDefaults): boolean =>
  row.deletedAt === null && row.spokenFingerprint !== planFingerprint(newPlanOf(row, defaults));

/** Reads them again under the lock: what was saved meanwhile must not get the plan of its old text. */
const mend = (database: Database, ids: readonly string[], defaults: ProfileDefaults): Promise<number> =>
  database.transaction(async (manager) => {
    await lockRevisions(manager);
    const rows = await manager.find(ProfileEntity, { where: { id: In(ids), deletedAt: IsNull() } });
    const outdated = rows.filter((row) => isOutdated(row, defaults));
    for (const row of outdated) await replan(manager, row.id, newPlanOf(row, defaults));
    return outdated.length;
  });

const replan = async (manager: EntityManager, id: string, plan: SpeechPlan): Promise<void> => {
  const revision = await nextRevision(manager);
  await manager.update(ProfileEntity, { id }, planColumns(revision, plan));
  await announceProfile(manager, { businessId: id, revision, deleted: false, traceparent: null });
};

const planColumns = (revision: number, plan: SpeechPlan): QueryDeepPartialEntity<ProfileEntity> => ({
  revision,
  spokenFingerprint: planFingerprint(plan),
  speechPlan: toStoredPlan(plan),
});
