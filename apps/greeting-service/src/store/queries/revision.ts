import { type EntityManager } from 'typeorm';

/**
 * The next revision. Transactions that take one run one after another from here to their commit: else a higher revision
 * could become visible before a lower one, and whoever asks `since` the higher would never hear of the lower.
 */
export const nextRevision = async (manager: EntityManager): Promise<number> => {
  await manager.query(`SELECT pg_advisory_xact_lock('profile_revision'::regclass::oid::bigint)`);
  const [row] = await manager.query<{ revision: string }[]>(`SELECT nextval('profile_revision') AS revision`);
  return Number(row!.revision);
};
