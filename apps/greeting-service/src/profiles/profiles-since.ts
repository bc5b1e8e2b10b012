import { type ProfileSnapshot } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { findProfilesSince, latestRevision } from '../store/queries/find-profiles';
import { toSnapshot, type ProfileDefaults } from './profile-shape';

export interface ProfilesSince {
  /** What to ask `since` next. */
  revision: number;
  profiles: ProfileSnapshot[];
  deleted: string[];
  /** The limit cut the answer off. */
  more: boolean;
}

/**
 * What changed after a revision. A revision of the future (the database was restored from a backup) gets everything, with
 * a smaller revision in the answer: the gateway then has to forget what is not in it.
 */
export const profilesSince = async (
  manager: EntityManager,
  since: number,
  defaults: ProfileDefaults,
  limit?: number,
): Promise<ProfilesSince> => {
  const changed = await findProfilesSince(manager, since, limit);
  const newest = changed.at(-1)?.revision;
  if (newest !== undefined) return answer(changed, newest, defaults, limit);
  const latest = await latestRevision(manager);
  // Not the latest: what was committed between the two queries is in neither.
  if (latest >= since) return { revision: since, profiles: [], deleted: [], more: false };
  const all = await findProfilesSince(manager, 0, limit);
  return answer(all, all.at(-1)?.revision ?? latest, defaults, limit);
};

const answer = (
  rows: Awaited<ReturnType<typeof findProfilesSince>>,
  revision: number,
  defaults: ProfileDefaults,
  limit: number | undefined,
): ProfilesSince => ({
  revision,
  more: rows.length === limit,
  profiles: rows.filter(({ deletedAt }) => !deletedAt).map((row) => toSnapshot(row, defaults)),
  deleted: rows.filter(({ deletedAt }) => deletedAt).map(({ id }) => id),
});
