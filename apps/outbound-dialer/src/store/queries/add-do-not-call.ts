import { type EntityManager } from 'typeorm';

/** Adding twice is harmless. businessId null: for every business. */
export const addToDoNotCall = async (
  manager: EntityManager,
  entry: { businessId: string | null; number: string; reason: string },
): Promise<void> => {
  await manager.query(
    'INSERT INTO do_not_call (business_id, number, reason) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [entry.businessId, entry.number, entry.reason],
  );
};
