import { type EntityManager } from 'typeorm';
import { lockCall } from './lock-call';
import { refreshCall } from './refresh-call';

export interface DueCall {
  callSid: string;
  accountSid: string | null;
  hasEnded: boolean;
}

/** Calls taken, and looked up at Twilio, at once. */
export const DUE_BATCH = 8;
/** Each look doubles the wait for the next, up to an hour. */
const MAX_WAIT_MS = 60 * 60_000;
/** A call that ended without any recording is looked at this often before it counts as one that has none. */
const MAX_LOOKS_AFTER_END = 6;
/** About a day of looks: nothing more is to be expected. */
const MAX_LOOKS = 30;

/** Takes the calls that are due and puts their next turn off first, so that no two replicas take the same. */
export const takeDueCalls = async (manager: EntityManager, reconcileAfterMs: number): Promise<DueCall[]> => {
  const [rows] = await manager.query<[DueCall[], number]>(
    `UPDATE calls SET reconcile_attempts = reconcile_attempts + 1,
       reconcile_after = now()
         + LEAST($1::float8 * power(2, LEAST(reconcile_attempts + 1, 20)), $2::float8) * interval '1 millisecond'
     WHERE call_sid IN (
       SELECT call_sid FROM calls WHERE reconcile_after <= now()
       ORDER BY reconcile_after LIMIT ${DUE_BATCH} FOR UPDATE SKIP LOCKED)
     RETURNING call_sid AS "callSid", account_sid AS "accountSid", ended_at IS NOT NULL AS "hasEnded"`,
    [reconcileAfterMs, MAX_WAIT_MS],
  );
  return rows;
};

/** After a look: nothing more to look for when everything is final, or when enough looks found nothing. */
export const settleReconciling = async (
  manager: EntityManager,
  callSid: string,
  reconcileAfterMs: number,
): Promise<void> => {
  await lockCall(manager, callSid);
  await refreshCall(manager, callSid, reconcileAfterMs);
  await manager.query(
    `UPDATE calls SET reconcile_after = NULL
     WHERE call_sid = $1 AND (
       reconcile_attempts >= ${MAX_LOOKS}
       OR (ended_at IS NOT NULL AND reconcile_attempts >= ${MAX_LOOKS_AFTER_END}
         AND NOT EXISTS (
           SELECT 1 FROM recordings WHERE call_sid = $1 AND status IN ('in-progress', 'processing'))))`,
    [callSid],
  );
};

/** What Twilio knows of a call whose events were lost; an event that arrives after all overrides it. */
export const writeEndFromTwilio = async (
  manager: EntityManager,
  callSid: string,
  call: { endedAt: Date; reason: string; from: string; to: string; direction: 'inbound' | 'outbound' },
): Promise<void> => {
  if (!(await lockCall(manager, callSid))) return;
  await manager.query(
    `UPDATE calls SET ended_at = COALESCE(ended_at, $2), end_reason = COALESCE(end_reason, $3),
       from_number = COALESCE(from_number, $4), to_number = COALESCE(to_number, $5),
       direction = COALESCE(direction, $6), updated_at = now()
     WHERE call_sid = $1`,
    [callSid, call.endedAt, call.reason, call.from, call.to, call.direction],
  );
};
