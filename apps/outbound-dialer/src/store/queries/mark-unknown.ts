import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** asked → unknown: the answer was lost; the call list is looked at right away for the first time. */
export const markUnknown = (
  manager: EntityManager,
  { id, fence }: Pick<AttemptRow, 'id' | 'fence'>,
  reason: string,
): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET state = 'unknown', reason = $3, lease_until = NULL, check_at = now(), changed_at = now()
     WHERE id = $1 AND fence = $2 AND state = 'asked' RETURNING *`,
    [id, fence, reason],
  );
