import { type EntityManager } from 'typeorm';
import { type AttemptRow } from '../rows';
import { moveAttempt } from './move-attempt';

/**
 * published → claimed, with a new fencing token: whoever claimed before can write no more.
 * Violates `attempts_undecided` while another attempt of the same pair of numbers is undecided.
 */
export const claimAttempt = (
  manager: EntityManager,
  attemptId: string,
  leaseMs: number,
): Promise<AttemptRow | undefined> =>
  moveAttempt(
    manager,
    `UPDATE attempts SET state = 'claimed', fence = fence + 1, changed_at = now(), listings = 0,
       lease_until = clock_timestamp() + $2 * interval '1 millisecond'
     WHERE id = $1 AND state = 'published'`,
    [attemptId, leaseMs],
  );
