import { type EntityManager } from 'typeorm';

/** Twilio's words for calls that nobody answered; they are outcomes as they are. */
const unanswered = `('busy', 'no-answer', 'canceled', 'failed')`;

/**
 * Derives a call's row from what belongs to it. `recording_url` is the conversation's if there is one, else the message's
 * (RE1). The outcome: who was reached, by the end's reason, a transfer that was answered, a message, whether anything was
 * ever heard. A call needs no reconciling once it has ended and each recording has its final status, also that of the
 * message which a redirected caller was asked for; a recording that turns up later begins it again.
 */
export const refreshCall = async (
  manager: EntityManager,
  callSid: string,
  reconcileAfterMs: number,
): Promise<void> => {
  await manager.query(
    `WITH mine AS (SELECT * FROM recordings WHERE call_sid = $1),
     facts AS (SELECT
       EXISTS (SELECT 1 FROM mine WHERE status IN ('in-progress', 'processing')) AS has_open,
       EXISTS (SELECT 1 FROM mine) AS has_any,
       EXISTS (SELECT 1 FROM recording_starts WHERE call_sid = $1 AND state = 'claimed') AS is_starting,
       EXISTS (SELECT 1 FROM events WHERE call_sid = $1 AND type = 'call.redirected')
         AND NOT EXISTS (SELECT 1 FROM mine WHERE kind = 'message') AS may_lack_message,
       EXISTS (SELECT 1 FROM mine WHERE kind = 'message' AND status NOT IN ('absent', 'deleted')
           AND duration_seconds IS DISTINCT FROM 0)
         OR EXISTS (SELECT 1 FROM events WHERE call_sid = $1 AND type = 'call.message-left') AS has_message,
       EXISTS (SELECT 1 FROM events WHERE call_sid = $1 AND type = 'call.transfer'
         AND data->>'outcome' IN ('answered', 'completed')) AS is_transferred,
       EXISTS (SELECT 1 FROM events WHERE call_sid = $1 AND type IN ('call.first-audio', 'call.turn')) AS is_heard)
     UPDATE calls SET
       recording_url = (
         SELECT url FROM mine
         WHERE url IS NOT NULL AND kind IN ('conversation', 'message') AND status NOT IN ('absent', 'deleted')
         ORDER BY kind = 'conversation' DESC, started_at NULLS LAST, recording_sid
         LIMIT 1
       ),
       has_message = facts.has_message,
       outcome = CASE
         WHEN ended_at IS NULL THEN 'live'
         WHEN facts.is_transferred OR end_reason = 'transferred' THEN 'transferred'
         WHEN facts.has_message THEN 'message'
         WHEN end_reason IN ${unanswered} THEN end_reason
         WHEN end_reason IN ('redirected', 'stream-lost') THEN 'missed'
         WHEN end_reason = 'completed' OR facts.is_heard THEN 'completed'
         ELSE 'missed' END,
       reconcile_after = CASE
         WHEN ended_at IS NOT NULL AND facts.has_any AND NOT facts.has_open AND NOT facts.is_starting
           AND NOT facts.may_lack_message THEN NULL
         WHEN facts.has_open THEN COALESCE(reconcile_after, now() + $2 * interval '1 millisecond')
         ELSE reconcile_after END,
       reconcile_attempts = CASE WHEN facts.has_open AND reconcile_after IS NULL THEN 0 ELSE reconcile_attempts END,
       updated_at = now()
     FROM facts WHERE call_sid = $1`,
    [callSid, reconcileAfterMs],
  );
};
