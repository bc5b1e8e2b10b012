import { type EntityManager } from 'typeorm';

/**
 * Transactions that take a revision run one after another from here to their commit: else a higher revision
 * could become visible before a lower one, and whoever asks `since` the higher would never hear of the lower.
 */
export const lockRevisions = async (manager: EntityManager): Promise<void> => {
  await manager.query(`SELECT pg_advisory_xact_lock('profile_revision'::regclass::oid::bigint)`);
};

/** The next revision, under the lock. */
export const nextRevision = async (manager: EntityManager): Promise<number> => {
  await lockRevisions(manager);
  const [row] = await manager.query<{ revision: string }[]>(`SELECT nextval('profile_revision') AS revision`);
  return Number(row!.revision);
};
