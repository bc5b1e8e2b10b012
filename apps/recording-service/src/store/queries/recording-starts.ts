import { type EntityManager } from 'typeorm';
import { ensureCall } from './ensure-call';
import { lockCall } from './lock-call';

/**
 * `asked`: ours, nothing was asked yet; `unsettled`: ours, but an earlier request may have had its effect; `busy`: another
 * is asking right now.
 */
export type StartClaim =
  { state: 'asked' | 'unsettled' | 'busy' | 'erased' } | { state: 'started'; recordingSid: string };

/** Longer than a request to Twilio can take: a claim older than this has nobody working on it any more. */
const CLAIM_SECONDS = 15;

interface Row {
  state: 'claimed' | 'started' | 'refused';
  recordingSid: string | null;
  isFresh: boolean;
}

/** Claims the start of a call's recording, in the given transaction. */
export const claimStart = async (
  manager: EntityManager,
  call: { callSid: string; businessId: string | null; accountSid: string },
  reconcileAfterMs: number,
): Promise<StartClaim> => {
  if (!(await lockCall(manager, call.callSid))) return { state: 'erased' };
  await ensureCall(manager, { ...call, startedBy: new Date() }, reconcileAfterMs);
  const [row] = await manager.query<Row[]>(
    `SELECT state, recording_sid AS "recordingSid", claimed_at > now() - $2 * interval '1 second' AS "isFresh"
     FROM recording_starts WHERE call_sid = $1`,
    [call.callSid, CLAIM_SECONDS],
  );
  if (row?.state === 'started' && row.recordingSid)
    return { state: 'started', recordingSid: row.recordingSid };
  if (row?.state === 'claimed' && row.isFresh) return { state: 'busy' };
  await manager.query(
    `INSERT INTO recording_starts (call_sid, state) VALUES ($1, 'claimed')
     ON CONFLICT (call_sid) DO UPDATE SET state = 'claimed', claimed_at = now(), reason = NULL`,
    [call.callSid],
  );
  return { state: row?.state === 'claimed' ? 'unsettled' : 'asked' };
};

/** Twilio said no, or was not reached: nothing was started, and the next request may ask again. */
export const refuseStart = async (manager: EntityManager, callSid: string, reason: string): Promise<void> => {
  await manager.query(`UPDATE recording_starts SET state = 'refused', reason = $2 WHERE call_sid = $1`, [
    callSid,
    reason,
  ]);
};
