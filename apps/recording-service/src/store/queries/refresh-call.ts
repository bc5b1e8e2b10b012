import { type EntityManager } from 'typeorm';

/**
 * Derives from a call's recordings what its row says of them: `recording_url` is the conversation's if there is one, else
 * the message's (RE1), and the call needs no reconciling once it has ended and each recording has its final status.
 */
export const refreshCall = async (manager: EntityManager, callSid: string): Promise<void> => {
  await manager.query(
    `UPDATE calls SET
       recording_url = (
         SELECT url FROM recordings
         WHERE call_sid = $1 AND url IS NOT NULL AND kind IN ('conversation', 'message')
           AND status NOT IN ('absent', 'deleted')
         ORDER BY kind = 'conversation' DESC, started_at NULLS LAST, recording_sid
         LIMIT 1
       ),
       reconcile_after = CASE
         WHEN ended_at IS NOT NULL
           AND EXISTS (SELECT 1 FROM recordings WHERE call_sid = $1)
           AND NOT EXISTS (
             SELECT 1 FROM recordings WHERE call_sid = $1 AND status IN ('in-progress', 'processing'))
           AND NOT EXISTS (SELECT 1 FROM recording_starts WHERE call_sid = $1 AND state = 'claimed')
         THEN NULL ELSE reconcile_after END,
       updated_at = now()
     WHERE call_sid = $1`,
    [callSid],
  );
};
