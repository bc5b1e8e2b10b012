import { type EntityManager } from 'typeorm';
import { type AttemptRow } from '../rows';
import { moveAttempt } from './move-attempt';

/** asked → unknown: the answer was lost; the call list is looked at right away for the first time. */
export const markUnknown = (
  manager: EntityManager,
  { id, fence }: Pick<AttemptRow, 'id' | 'fence'>,
  reason: string,
): Promise<AttemptRow | undefined> =>
  moveAttempt(
    manager,
    `UPDATE attempts SET state = 'unknown', reason = $3, lease_until = NULL, check_at = now(), changed_at = now()
     WHERE id = $1 AND fence = $2 AND state = 'asked'`,
    [id, fence, reason],
  );
