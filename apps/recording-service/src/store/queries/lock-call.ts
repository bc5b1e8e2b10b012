import { type EntityManager } from 'typeorm';

/**
 * Takes the call for the rest of the transaction: all that writes about one call goes one after the other.
 * @returns false when the data of this call was deleted: nothing about it may be written any more
 */
export const lockCall = async (manager: EntityManager, callSid: string): Promise<boolean> => {
  await manager.query(`SELECT pg_advisory_xact_lock(hashtextextended('call:' || $1, 0))`, [callSid]);
  const erased = await manager.query<unknown[]>('SELECT 1 FROM erasures WHERE call_sid = $1', [callSid]);
  return erased.length === 0;
};
