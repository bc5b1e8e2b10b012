import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** Counts a look into the call list that did not show the call. */
export const noteListing = async (
  manager: EntityManager,
  { id, fence }: Pick<AttemptRow, 'id' | 'fence'>,
): Promise<AttemptRow | undefined> => {
  const [row] = await updated<AttemptRow>(
    manager,
    `UPDATE attempts SET listings = listings + 1 WHERE id = $1 AND fence = $2 AND state = 'unknown' RETURNING *`,
    [id, fence],
  );
  return row;
};

/** Which of these calls belong to attempts already. */
export const knownCallSids = async (
  manager: EntityManager,
  sids: readonly string[],
): Promise<Set<string>> => {
  const rows = await manager.query<{ call_sid: string }[]>(
    'SELECT call_sid FROM attempts WHERE call_sid = ANY($1)',
    [sids],
  );
  return new Set(rows.map(({ call_sid }) => call_sid));
};
