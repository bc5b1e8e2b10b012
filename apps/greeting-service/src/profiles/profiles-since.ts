import { type ProfileSnapshot } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { findProfilesSince, latestRevision } from '../store/queries/find-profiles';
import { toSnapshot, type ProfileDefaults } from './profile-shape';

export interface ProfilesSince {
  /** What to ask `since` next. */
  revision: number;
  profiles: ProfileSnapshot[];
  deleted: string[];
}

/**
 * What changed after a revision. A revision of the future (the database was restored from a backup) gets everything, with
 * a smaller revision in the answer: the gateway then has to forget what is not in it.
 */
export const profilesSince = async (
  manager: EntityManager,
  since: number,
  defaults: ProfileDefaults,
): Promise<ProfilesSince> => {
  const changed = await findProfilesSince(manager, since);
  const newest = changed.at(-1)?.revision;
  if (newest !== undefined) return answer(changed, newest, defaults);
  const latest = await latestRevision(manager);
  // Not the latest: what was committed between the two queries is in neither.
  if (latest >= since) return { revision: since, profiles: [], deleted: [] };
  return answer(await findProfilesSince(manager, 0), latest, defaults);
};

const answer = (
  rows: Awaited<ReturnType<typeof findProfilesSince>>,
  revision: number,
  defaults: ProfileDefaults,
): ProfilesSince => ({
  revision,
  profiles: rows.filter(({ deletedAt }) => !deletedAt).map((row) => toSnapshot(row, defaults)),
  deleted: rows.filter(({ deletedAt }) => deletedAt).map(({ id }) => id),
});
