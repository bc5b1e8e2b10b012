import { type EntityManager } from 'typeorm';

/** What everything that arrives about a call knows of it. */
export interface CallIdentity {
  callSid: string;
  accountSid: string | null;
  businessId: string | null;
  /** The call began at this moment or earlier. */
  startedBy: Date;
}

/**
 * Makes sure that the call has a row; adds what was not known, changes nothing that was. Whose call it is may be known only
 * after its recordings: they are told.
 */
export const ensureCall = async (
  manager: EntityManager,
  { callSid, accountSid, businessId, startedBy }: CallIdentity,
  reconcileAfterMs: number,
): Promise<void> => {
  await manager.query(
    `WITH call AS (
     INSERT INTO calls (call_sid, account_sid, business_id, started_at, reconcile_after)
     VALUES ($1, $2, $3, $4, now() + $5 * interval '1 millisecond')
     ON CONFLICT (call_sid) DO UPDATE SET
       account_sid = COALESCE(calls.account_sid, excluded.account_sid),
       business_id = COALESCE(calls.business_id, excluded.business_id),
       started_at = LEAST(calls.started_at, excluded.started_at),
       updated_at = now()
     RETURNING call_sid, business_id),
     told AS (
       UPDATE recordings SET business_id = call.business_id FROM call
       WHERE recordings.call_sid = call.call_sid AND recordings.business_id IS NULL
         AND call.business_id IS NOT NULL)
     UPDATE transcripts SET business_id = call.business_id FROM call
     WHERE transcripts.call_sid = call.call_sid AND transcripts.business_id IS NULL
       AND call.business_id IS NOT NULL`,
    [callSid, accountSid, businessId, startedBy, reconcileAfterMs],
  );
};
