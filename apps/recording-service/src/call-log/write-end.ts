import { type CallEventOf } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';

/**
 * The last generation knows how a call ended, and an end that was only read at Twilio gives way to any. An end of a
 * generation after which the call went on is none.
 */
export const writeEnd = async (
  manager: EntityManager,
  { data, at }: CallEventOf<'call.ended'>,
  reconcileAfterMs: number,
): Promise<void> => {
  await manager.query(
    `UPDATE calls SET ended_at = $2, end_reason = $3, end_generation = $4, end_seq = $5,
       reconcile_attempts = 0,
       reconcile_after = CASE WHEN reconcile_after IS NULL THEN NULL ELSE now() + $6 * interval '1 millisecond' END
     WHERE call_sid = $1 AND (end_generation IS NULL OR (end_generation, end_seq) < ($4::int, $5::int))
       AND NOT EXISTS (
         SELECT 1 FROM events WHERE call_sid = $1 AND type IN ('call.stream-started', 'call.resumed')
           AND generation > $4::int)`,
    [data.callSid, at, data.reason, data.generation, data.seq, reconcileAfterMs],
  );
};

/** A stream of a later generation: the call lives again, until that one's end, or Twilio's, is known. */
export const writeLaterStream = async (
  manager: EntityManager,
  { callSid, generation }: { callSid: string; generation: number },
  reconcileAfterMs: number,
): Promise<void> => {
  await manager.query(
    `UPDATE calls SET ended_at = NULL, end_reason = NULL, end_generation = NULL, end_seq = NULL,
       reconcile_attempts = 0, reconcile_after = now() + $3 * interval '1 millisecond'
     WHERE call_sid = $1 AND end_generation < $2::int`,
    [callSid, generation, reconcileAfterMs],
  );
};
