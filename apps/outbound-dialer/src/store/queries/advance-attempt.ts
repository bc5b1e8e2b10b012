import { type AttemptState } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** → accepted, ringing or in-progress: Twilio has the call. The caller holds the row's lock and checked the direction. */
export const advanceAttempt = (
  manager: EntityManager,
  attemptId: string,
  to: { state: AttemptState; callSid: string; sequence: number | null; checkMs: number },
): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET state = $2, call_sid = $3, last_sequence = coalesce($4, last_sequence),
       asked_at = coalesce(asked_at, now()), lease_until = NULL, reason = NULL,
       check_at = now() + $5 * interval '1 millisecond', changed_at = now()
     WHERE id = $1 AND state <> 'done' RETURNING *`,
    [attemptId, to.state, to.callSid, to.sequence, to.checkMs],
  );
