import { type AttemptState } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { type Move, moving, selectMove, sendMove } from './move-attempt';
import { eventHeads } from './tell-attempts';

const advance = `
  UPDATE attempts SET state = $2, call_sid = $3, last_sequence = coalesce($4, last_sequence),
    asked_at = coalesce(asked_at, now()), lease_until = NULL, reason = NULL,
    check_at = now() + $5 * interval '1 millisecond', changed_at = now()
  WHERE id = $1 AND state = ANY($6) AND coalesce(call_sid, $3) = $3`;

/** → accepted, ringing or in-progress, from the states that it overtakes: Twilio has the call. Locks nothing else. */
export const advanceAttempt = (
  manager: EntityManager,
  attemptId: string,
  to: {
    state: AttemptState;
    from: readonly AttemptState[];
    callSid: string;
    sequence: number | null;
    checkMs: number;
  },
): Promise<Move> =>
  sendMove(manager, moving(advance, '$7') + selectMove, [
    attemptId,
    to.state,
    to.callSid,
    to.sequence,
    to.checkMs,
    to.from,
    eventHeads(1),
  ]);
