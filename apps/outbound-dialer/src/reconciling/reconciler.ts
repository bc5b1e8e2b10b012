import { type Database } from '@frontdesk/persistence';
import { type TwilioAccounts, type TwilioCall } from '@frontdesk/telephony';
import { announceAttempts } from '../attempts/announce';
import { applyStatus } from '../attempts/apply-status';
import { conclude } from '../attempts/conclude';
import { neverPlaced } from '../attempts/not-placed';
import { cancelStranded } from '../campaigns/transitions';
import { type DialerEvents } from '../events';
import { joinProgress } from '../store/queries/count-progress';
import { recallPublished, releaseClaims, suspectAsked } from '../store/queries/expire-leases';
import { lockAttempt } from '../store/queries/lock-attempt';
import { knownCallSids, noteListing } from '../store/queries/note-listing';
import { takeChecks } from '../store/queries/take-checks';
import { type AttemptRow } from '../store/rows';

export interface ReconcilerOptions {
  database: Database;
  accounts: TwilioAccounts;
  events: DialerEvents;
  reconcileIntervalMs: number;
  callCheckMs: number;
}

/** Looks into Twilio's call list that must all show nothing before a call counts as never placed. */
const listingsNeeded = 2;
/**
 * Our clock and Twilio's need not agree. Wide, for a call that is missed is placed twice; what it lets in besides are calls
 * between the two numbers that no attempt has, of which there should be none.
 */
const clockSkewMs = 5 * 60_000;
const listed = 50;
const checksOfTick = 20;
/** A job that nobody claimed in this time was lost. */
const publishedLostMs = 60_000;

/** Decides what crashes and lost messages left open. Every step is one that a second reconciler may repeat (OU3). */
export class Reconciler {
  constructor(private readonly options: ReconcilerOptions) {}

  async tick(): Promise<void> {
    await this.expireLeases();
    await this.options.database.transaction(cancelStranded);
    await joinProgress(this.options.database.dataSource.manager);
    await this.decideUnknown();
    await this.checkSilentCalls();
  }

  /** What workers that are gone left behind. Also the clean-up when a worker starts. */
  async expireLeases(): Promise<void> {
    const { database, events } = this.options;
    await database.transaction(async (manager) => {
      const released = await releaseClaims(manager);
      const suspected = await suspectAsked(manager);
      const recalled = await recallPublished(manager, publishedLostMs);
      await announceAttempts(manager, [...released, ...suspected, ...recalled]);
      events.recovered('claimed', released.length);
      events.recovered('asked', suspected.length);
      events.recovered('published', recalled.length);
    });
  }

  /** unknown: a callback may decide it at any time; else Twilio's call list, seen twice. */
  private async decideUnknown(): Promise<void> {
    const { database, reconcileIntervalMs } = this.options;
    const unknown = await database.transaction((manager) =>
      takeChecks(manager, ['unknown'], reconcileIntervalMs, checksOfTick),
    );
    await this.each(unknown, async (attempt) => {
      // A machine's verdict may have named the call, written by a release that left the attempt where it was.
      if (attempt.call_sid !== null) return this.checkCall(attempt);
      const call = await this.findCall(attempt);
      if (call) await this.adopt(attempt, call);
      else await this.noteAbsence(attempt);
    });
  }

  /** One that cannot be decided (its account is not configured any more, say) must not keep the others waiting. */
  private async each(
    attempts: readonly AttemptRow[],
    decide: (attempt: AttemptRow) => Promise<void>,
  ): Promise<void> {
    for (const attempt of attempts)
      await decide(attempt).catch((error: unknown) => this.options.events.reconcileFailed(attempt, error));
  }

  /** The list shows no URL: the call is the one between the two numbers, since we asked, that no attempt has. */
  private async findCall(attempt: AttemptRow): Promise<TwilioCall | undefined> {
    const { accounts, database } = this.options;
    const calls = await accounts
      .account(attempt.account_sid)
      .listCalls({ to: attempt.to_number, from: attempt.from_number, limit: listed });
    const since = (attempt.asked_at?.getTime() ?? 0) - clockSkewMs;
    // A call that another one dialled (a transfer) has a parent; ours have none.
    const recent = calls.filter(
      ({ createdAt, parentCallSid }) =>
        parentCallSid === null && (createdAt === null || createdAt.getTime() >= since),
    );
    const known = await knownCallSids(
      database.dataSource.manager,
      recent.map(({ sid }) => sid),
    );
    return recent.find(({ sid }) => !known.has(sid));
  }

  private async adopt(attempt: AttemptRow, call: TwilioCall): Promise<void> {
    const { database, events, callCheckMs } = this.options;
    await database.transaction(async (manager) => {
      const row = await lockAttempt(manager, attempt.id);
      if (row?.state !== 'unknown') return;
      const report = { callSid: call.sid, status: call.status, sequence: null, reason: null };
      await applyStatus(manager, attempt.id, report, callCheckMs);
    });
    events.reconciledAttempt(attempt, 'found');
  }

  private async noteAbsence(attempt: AttemptRow): Promise<void> {
    const { database, events, reconcileIntervalMs } = this.options;
    const isDecided = await database.transaction(async (manager) => {
      const noted = await noteListing(manager, attempt, reconcileIntervalMs);
      if (!noted || noted.listings < listingsNeeded) return false;
      await neverPlaced(manager, noted, 'Twilio never placed the call');
      return true;
    });
    if (isDecided) events.reconciledAttempt(attempt, 'not-placed');
  }

  /** Calls whose callbacks fell silent: Twilio gives up after some tries, and then only asking helps. */
  private async checkSilentCalls(): Promise<void> {
    const { database, callCheckMs } = this.options;
    const silent = await database.transaction((manager) =>
      takeChecks(manager, ['accepted', 'ringing', 'in-progress'], callCheckMs, checksOfTick),
    );
    await this.each(silent, (attempt) => this.checkCall(attempt));
  }

  private async checkCall(attempt: AttemptRow): Promise<void> {
    const { accounts, events } = this.options;
    const { call_sid: callSid } = attempt;
    if (callSid === null) return;
    const call = await accounts
      .account(attempt.account_sid)
      .fetchCall(callSid)
      .catch((error: { isNotFound?: boolean }) => {
        if (error.isNotFound) return undefined;
        throw error;
      });
    const isEnded = await this.applyAnswer(attempt, callSid, call);
    events.reconciledAttempt(attempt, isEnded ? 'ended' : 'unchanged');
  }

  private async applyAnswer(
    attempt: AttemptRow,
    callSid: string,
    call: TwilioCall | undefined,
  ): Promise<boolean> {
    const { database, callCheckMs } = this.options;
    const { manager } = database.dataSource;
    if (call) {
      const report = { callSid, status: call.status, sequence: null, reason: null };
      return (await applyStatus(manager, attempt.id, report, callCheckMs)).effect === 'ended';
    }
    const reason = 'Twilio does not know the call any more';
    return (await conclude(manager, attempt, { outcome: 'failed', reason, callSid })).isMoved;
  }
}
