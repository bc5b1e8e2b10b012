import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { type TwilioAccounts, type TwilioCall, type TwilioCalls } from '@frontdesk/telephony';
import { recordingEvents } from '../events';
import { ensureCall } from '../store/queries/ensure-call';
import { lockCall } from '../store/queries/lock-call';

/** How far back Twilio's list is read: its list lags, and a service may have been away for a while. */
const LOOK_BACK_MS = 60 * 60_000;
/** Calls of the last minutes may yet be told of by their events. */
const SETTLED_AFTER_MS = 2 * 60_000;
/** Twilio's largest page: one request each. */
const LIMIT = 1000;
/** Pages of one account in one round: sixteen calls each second of the hour. */
const MAX_PAGES = 60;
/** Twilio's times have whole seconds. */
const SECOND_MS = 1000;

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
    for await (const call of unknownCalls(options, accountSid)) {
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

async function* unknownCalls(
  { database, accounts, logger }: DiscoveryOptions,
  accountSid: string,
): AsyncGenerator<TwilioCall> {
  for await (const page of settledPages(accounts.account(accountSid), () =>
    logger.warn(recordingEvents.discoveryCutShort, { accountSid, pages: MAX_PAGES }),
  ))
    yield* await unknownOf(database, page.filter(isSettledParent));
}

/**
 * The settled calls of the hour, newest first. Each page ends where the next begins; calls of that second may be in both,
 * as they would otherwise be in neither.
 */
async function* settledPages(account: TwilioCalls, onCutShort: () => void): AsyncGenerator<TwilioCall[]> {
  const startedAfter = new Date(Date.now() - LOOK_BACK_MS);
  let startedBefore = new Date(Date.now() - SETTLED_AFTER_MS);
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const calls = await account.listCalls({ startedAfter, startedBefore, limit: LIMIT });
    yield calls;
    const times = calls.flatMap(({ startedAt, createdAt }) => (startedAt ?? createdAt)?.getTime() ?? []);
    if (calls.length < LIMIT || times.length === 0) return;
    // Always at least a second on, should one second hold more than a page.
    const oldestMs = Math.min(Math.min(...times) + SECOND_MS, startedBefore.getTime() - SECOND_MS);
    if (oldestMs <= startedAfter.getTime()) return;
    startedBefore = new Date(oldestMs);
  }
  onCutShort();
}

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
