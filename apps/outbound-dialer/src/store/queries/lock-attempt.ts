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

/** The attempt as it is at this moment, not locked. */
export const findAttempt = async (
  manager: EntityManager,
  attemptId: string,
): Promise<Pick<AttemptRow, 'state' | 'call_sid'> | undefined> => {
  const [row] = await manager.query<Pick<AttemptRow, 'state' | 'call_sid'>[]>(
    'SELECT state, call_sid FROM attempts WHERE id = $1',
    [attemptId],
  );
  return row;
};
