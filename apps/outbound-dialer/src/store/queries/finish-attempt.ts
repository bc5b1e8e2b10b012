import { type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** any → done. Gives the slot back. */
export const finishAttempt = (
  manager: EntityManager,
  attemptId: string,
  end: { outcome: DialOutcome; reason: string | null; callSid?: string | null; sequence?: number | null },
): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET state = 'done', outcome = $2, reason = $3, call_sid = coalesce(call_sid, $4),
       last_sequence = coalesce($5, last_sequence), lease_until = NULL, check_at = NULL, changed_at = now()
     WHERE id = $1 AND state <> 'done' RETURNING *`,
    [attemptId, end.outcome, end.reason, end.callSid ?? null, end.sequence ?? null],
  );
