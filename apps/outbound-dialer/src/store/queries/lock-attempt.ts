import { type EntityManager } from 'typeorm';
import { type AttemptRow } from '../rows';

/** One attempt, locked for this transaction. */
export const lockAttempt = async (
  manager: EntityManager,
  attemptId: string,
): Promise<AttemptRow | undefined> => {
  const [row] = await manager.query<AttemptRow[]>('SELECT * FROM attempts WHERE id = $1 FOR UPDATE', [
    attemptId,
  ]);
  return row;
};
