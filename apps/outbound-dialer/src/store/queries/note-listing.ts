import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/**
 * Counts a look into the call list that did not show the call, and puts the next one off from now on. Not when another
 * look was counted since this one was taken: two at the same moment are one, however many reconcilers there are.
 */
export const noteListing = async (
  manager: EntityManager,
  { id, fence, listings }: Pick<AttemptRow, 'id' | 'fence' | 'listings'>,
  againMs: number,
): Promise<AttemptRow | undefined> => {
  const [row] = await updated<AttemptRow>(
    manager,
    `UPDATE attempts SET listings = listings + 1, check_at = clock_timestamp() + $4 * interval '1 millisecond'
     WHERE id = $1 AND fence = $2 AND state = 'unknown' AND listings = $3 RETURNING *`,
    [id, fence, listings, againMs],
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
