import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { type TwilioAccounts, type TwilioCall } from '@frontdesk/telephony';
import { recordingEvents } from '../events';
import { ensureCall } from '../store/queries/ensure-call';
import { lockCall } from '../store/queries/lock-call';

/** How far back Twilio's list is read: its list lags, and a service may have been away for a while. */
const LOOK_BACK_MS = 60 * 60_000;
/** Calls of the last minutes may yet be told of by their events. */
const SETTLED_AFTER_MS = 2 * 60_000;
const LIMIT = 1000;

export interface DiscoveryOptions {
  database: Database;
  accounts: TwilioAccounts;
  reconcileAfterMs: number;
  logger: Logger;
}

/**
 * Gives a row to calls that Twilio lists and nobody told of: a gateway that dies before its first event is out leaves
 * nothing else behind. Only calls of numbers that a business of the log has had a call on: an account may serve other
 * programs, whose calls are none of ours. Their ends and recordings are then read as those of any other call.
 * @returns how many there were
 */
export const discoverCalls = async (options: DiscoveryOptions): Promise<number> => {
  const { database, accounts, reconcileAfterMs, logger } = options;
  let found = 0;
  for (const accountSid of accounts.accountSids) {
    const calls = await accounts.account(accountSid).listCalls({
      startedAfter: new Date(Date.now() - LOOK_BACK_MS),
      limit: LIMIT,
    });
    for (const call of await unknownOf(database, calls.filter(isSettledParent))) {
      const { sid: callSid, from, to } = call;
      const isOutbound = call.direction.startsWith('outbound');
      const businessId = await businessOf(database, isOutbound ? from : to);
      if (businessId === null) continue;
      await database.transaction(async (manager) => {
        if (!(await lockCall(manager, callSid))) return;
        const startedBy = call.startedAt ?? call.createdAt ?? new Date();
        await ensureCall(manager, { callSid, accountSid, businessId, startedBy }, reconcileAfterMs);
        await manager.query(
          `UPDATE calls SET direction = COALESCE(direction, $2), from_number = COALESCE(from_number, $3),
             to_number = COALESCE(to_number, $4) WHERE call_sid = $1`,
          [callSid, isOutbound ? 'outbound' : 'inbound', from, to],
        );
        found += 1;
      });
      logger.warn(recordingEvents.discovered, { callSid });
    }
  }
  return found;
};

/** A call is its parent's: the legs of a transfer are none of their own. */
const isSettledParent = ({ parentCallSid, createdAt, startedAt }: TwilioCall): boolean => {
  const began = createdAt ?? startedAt;
  return parentCallSid === null && began !== null && Date.now() - began.getTime() > SETTLED_AFTER_MS;
};

const unknownOf = async ({ dataSource }: Database, calls: readonly TwilioCall[]): Promise<TwilioCall[]> => {
  const known = await dataSource.manager.query<{ callSid: string }[]>(
    `SELECT call_sid AS "callSid" FROM calls WHERE call_sid = ANY($1)
     UNION ALL SELECT call_sid FROM erasures WHERE call_sid = ANY($1)`,
    [calls.map(({ sid }) => sid)],
  );
  const sids = new Set(known.map(({ callSid }) => callSid));
  return calls.filter(({ sid }) => !sids.has(sid));
};

const businessOf = async ({ dataSource }: Database, number: string): Promise<string | null> => {
  const [row] = await dataSource.manager.query<{ businessId: string }[]>(
    `SELECT business_id AS "businessId" FROM calls
     WHERE business_id IS NOT NULL
       AND ((direction = 'inbound' AND to_number = $1) OR (direction = 'outbound' AND from_number = $1))
     ORDER BY started_at DESC LIMIT 1`,
    [number],
  );
  return row?.businessId ?? null;
};
