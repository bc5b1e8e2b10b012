import { type DialAttemptJob } from '@frontdesk/contracts';
import { type Database } from '@frontdesk/persistence';
import { type PublicUrl, type TwilioAccounts, type TwilioCall } from '@frontdesk/telephony';
import { setTimeout as sleep } from 'node:timers/promises';
import { pauseRunning } from '../campaigns/transitions';
import { type DialerEvents } from '../events';
import { lockAttempt } from '../store/queries/lock-attempt';
import { markAsked } from '../store/queries/mark-asked';
import { markUnknown } from '../store/queries/mark-unknown';
import { replanAttempt } from '../store/queries/replan-attempt';
import { holdTickets, takeTurn } from '../store/queries/take-ticket';
import { type AttemptRow, type CampaignRow } from '../store/rows';
import { applyStatus } from './apply-status';
import { accountKey, claim, type Claim } from './claim';
import { machineDetection } from '../machines/machine-detection';
import { conclude } from './conclude';
import { classifyDialFailure } from './dial-failure';
import { refusedForNow, undecided } from './not-placed';
import { RunningAsks } from './running-asks';
import { WaitingLines } from './waiting-lines';

export interface DialWorkerOptions {
  database: Database;
  accounts: TwilioAccounts;
  publicUrl: PublicUrl;
  events: DialerEvents;
  leaseMs: number;
  accountCallsPerSecond: number;
  callCheckMs: number;
}

/** Longest sleep between two looks at the rate. */
const maxWaitMs = 2000;
/** A process that was held up longer between writing `asked` and asking must not ask: a reconciler may be at work. */
const maxAskDelayMs = 5000;

/** Requests to Twilio under way at once: Twilio answers too many at once with 429. */
const maxAsks = 100;

/**
 * Takes an admitted attempt to Twilio: claimed → asked → accepted, or whatever docs/attempts.md says of a failure. A job is
 * done once its attempt is claimed: from there on the database knows it, and a slow answer of Twilio holds up no other job.
 */
export class DialWorker implements AsyncDisposable {
  private readonly lines = new WaitingLines();
  private readonly asks: RunningAsks;

  constructor(private readonly options: DialWorkerOptions) {
    this.asks = new RunningAsks(maxAsks, (error) => options.events.tickFailed('asking Twilio', error));
  }

  async handle(job: DialAttemptJob, signal: AbortSignal): Promise<void> {
    const { attemptId } = job.data;
    await this.turn(job, signal);
    let claimed = await claim(this.options.database, attemptId, this.options);
    while (claimed.kind === 'wait') {
      const { key } = claimed;
      claimed = await this.lines.inTurn(key, () => this.waitFor(key, attemptId, signal));
    }
    const { events } = this.options;
    if (claimed.kind === 'settled') return events.notClaimed(job.data, claimed.reason);
    const { attempt, campaign } = claimed;
    events.claimed(attempt);
    const claimedAt = performance.now();
    await this.asks.begin(() => this.ask(attempt, campaign, claimedAt));
  }

  /** Finishes what was claimed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.asks[Symbol.asyncDispose]();
  }

  /** At a high rate jobs come to the database one by one. */
  private async turn({ accountSid }: DialAttemptJob, signal: AbortSignal): Promise<void> {
    const { database, accountCallsPerSecond } = this.options;
    if (accountSid === null) return;
    const { manager } = database.dataSource;
    const ms = await takeTurn(manager, accountKey(accountSid), accountCallsPerSecond);
    if (ms > 0) await sleep(Math.min(ms, maxWaitMs), undefined, { signal });
  }

  /** Until it is claimed, settled, or waits for something else. */
  private async waitFor(key: string, attemptId: string, signal: AbortSignal): Promise<Claim> {
    for (;;) {
      const claimed = await claim(this.options.database, attemptId, this.options);
      if (claimed.kind !== 'wait' || claimed.key !== key) return claimed;
      await sleep(Math.min(claimed.ms, maxWaitMs), undefined, { signal });
    }
  }

  private async ask(attempt: AttemptRow, campaign: CampaignRow, claimedAt: number): Promise<void> {
    const { database, events } = this.options;
    const startedAt = performance.now();
    const { manager } = database.dataSource;
    const asked = await markAsked(manager, attempt);
    if (!asked) {
      // Paused, cancelled or opted out since the claim; where the lease is over somebody else has seen to it.
      const reason = 'not asked: something changed since the claim';
      await replanAttempt(manager, attempt, ['claimed'], { dueAt: new Date(), reason });
      return;
    }
    if (performance.now() - startedAt > maxAskDelayMs) return; // its lease runs out and it is reconciled
    events.asking(asked, performance.now() - claimedAt);
    let call: TwilioCall;
    try {
      call = await this.place(asked, campaign);
    } catch (error) {
      await this.failed(asked, error);
      return;
    }
    await this.accepted(asked, call);
  }

  private place(attempt: AttemptRow, campaign: CampaignRow): Promise<TwilioCall> {
    const { accounts, publicUrl } = this.options;
    return accounts.account(attempt.account_sid).createCall({
      to: attempt.to_number,
      from: attempt.from_number,
      url: publicUrl.http(`/webhook/outbound_call?attempt=${attempt.id}`),
      statusCallbackUrl: publicUrl.http(`/webhook/dial/${attempt.id}/status`),
      ringTimeoutSec: campaign.ring_timeout_seconds,
      ...machineDetection(attempt, campaign, publicUrl),
    });
  }

  /** A callback may have been here first: whichever is further along stays. */
  private async accepted(attempt: AttemptRow, call: TwilioCall): Promise<void> {
    const { database, events, callCheckMs } = this.options;
    const report = { callSid: call.sid, status: call.status, sequence: null, reason: null };
    const { effect } = await applyStatus(database.dataSource.manager, attempt.id, report, callCheckMs);
    if (effect === 'second-call') events.secondCall(attempt, call.sid);
    else events.accepted(attempt, call.sid);
  }

  /**
   * What Twilio says of a request is true also when the lease ran out meanwhile and the attempt counts as unknown; but not
   * any more when it was claimed again (another fence).
   */
  private async failed(attempt: AttemptRow, error: unknown): Promise<void> {
    const { database, events } = this.options;
    const failure = classifyDialFailure(error);
    events.askFailed(attempt, failure.kind, failure.reason);
    if (failure.kind === 'unknown') {
      await markUnknown(database.dataSource.manager, attempt, failure.reason);
      return;
    }
    await database.transaction(async (manager) => {
      const row = await lockAttempt(manager, attempt.id);
      if (row?.fence !== attempt.fence || !undecided.includes(row.state)) return;
      if (failure.kind === 'refused') {
        await conclude(manager, attempt, failure);
        return;
      }
      const { reason } = failure;
      if (failure.kind === 'sender') {
        await replanAttempt(manager, attempt, undecided, { dueAt: new Date(), reason });
        await pauseRunning(manager, attempt.campaign_id, reason);
        return;
      }
      const waitMs = await refusedForNow(manager, row, reason);
      if (failure.holdAccount) await holdTickets(manager, accountKey(attempt.account_sid), waitMs);
    });
  }
}
