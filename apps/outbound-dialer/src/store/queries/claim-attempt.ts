import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/**
 * published → claimed, with a new fencing token: whoever claimed before can write no more.
 * Violates `attempts_undecided` while another attempt of the same pair of numbers is undecided.
 */
export const claimAttempt = async (
  manager: EntityManager,
  attemptId: string,
  /** `claimedAt` is the time of its ticket: by it the rates are seen to hold. */
  { leaseMs, claimedAt }: { leaseMs: number; claimedAt: string },
): Promise<AttemptRow | undefined> => {
  const [row] = await updated<AttemptRow>(
    manager,
    `UPDATE attempts SET state = 'claimed', fence = fence + 1, changed_at = now(), listings = 0,
       claimed_at = $3, lease_until = clock_timestamp() + $2 * interval '1 millisecond'
     WHERE id = $1 AND state = 'published' RETURNING *`,
    [attemptId, leaseMs, claimedAt],
  );
  return row;
};
