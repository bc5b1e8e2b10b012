import { type Logger, type Metrics } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { type TwilioAccounts, type TwilioCalls } from '@frontdesk/telephony';
import { recordingEvents } from '../events';
import { type ApplyOptions, applyReport } from '../recording/apply-report';
import { recordingReport } from '../recording/recording-report';
import { factsOf } from '../recording/twilio-facts';
import {
  DUE_BATCH,
  type DueCall,
  settleReconciling,
  takeDueCalls,
  writeEndFromTwilio,
} from '../store/queries/reconcile';
import { fetchIfOver } from './call-at-twilio';

export interface ReconcilerOptions {
  database: Database;
  accounts: TwilioAccounts;
  /** What else is done each round, by name: none keeps the others from theirs. */
  chores: Readonly<Record<string, () => Promise<unknown>>>;
  apply: ApplyOptions;
  intervalMs: number;
  logger: Logger;
  metrics: Metrics;
}

const LOOK_LIMIT = 20;
/** Batches a round: some hundred calls, so that what else a round does has its turn within the minute. */
const MAX_BATCHES = 80;
/**
 * Makes good what was lost: Twilio gives a callback up after 15 s, and a gateway that dies takes its last events along.
 * Calls that did not end, or that ended without their recordings being settled, are looked up at Twilio, a few at a time
 * and ever more rarely; what is found goes the same way as a callback.
 */
export class Reconciler implements AsyncDisposable {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isDisposed = false;
  private readonly outcomes;

  private constructor(private readonly options: ReconcilerOptions) {
    this.outcomes = options.metrics.counter('calls_reconciled_total', 'Calls looked up at Twilio', [
      'outcome',
    ]);
  }

  static start(options: ReconcilerOptions): Reconciler {
    const reconciler = new Reconciler(options);
    reconciler.schedule();
    return reconciler;
  }

  /** One that runs only when it is told to, for a script. */
  static idle(options: ReconcilerOptions): Reconciler {
    return new Reconciler(options);
  }

  /**
   * One round; never throws. Rounds of several replicas take different calls.
   * @returns how many calls were due
   */
  async runOnce(): Promise<number> {
    const { chores, logger } = this.options;
    const looked = await this.lookUpDue();
    for (const [name, chore] of Object.entries(chores)) {
      if (this.isDisposed) return looked;
      await chore().catch((error: unknown) => logger.warn(recordingEvents.choreFailed, { name, error }));
    }
    return looked;
  }

  /** All that are due, a batch after the other: every call that takes long comes up, and lost ones may not wait behind them. */
  private async lookUpDue(): Promise<number> {
    const { database, apply, logger } = this.options;
    let looked = 0;
    try {
      for (let batch = 0; batch < MAX_BATCHES && !this.isDisposed; batch += 1) {
        const due = await takeDueCalls(database.dataSource.manager, apply.reconcileAfterMs);
        await Promise.all(due.map((call) => this.reconcile(call)));
        looked += due.length;
        if (due.length < DUE_BATCH) break;
      }
    } catch (error) {
      logger.warn(recordingEvents.reconcileFailed, { error });
    }
    return looked;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.isDisposed) return;
    this.timer = setTimeout(() => {
      this.running = this.runOnce()
        .then(() => undefined)
        .finally(() => this.schedule());
    }, this.options.intervalMs);
  }

  private async reconcile(call: DueCall): Promise<void> {
    const { accounts, logger } = this.options;
    const { callSid } = call;
    try {
      const account = accounts.account(call.accountSid ?? accounts.defaultAccountSid);
      const hasEnded = call.hasEnded || (await this.readEnd(account, callSid));
      const found = hasEnded ? await this.readRecordings(account, callSid) : 0;
      await this.options.database.transaction((manager) =>
        settleReconciling(manager, callSid, this.options.apply.reconcileAfterMs),
      );
      this.outcomes.inc({ outcome: hasEnded ? 'ended' : 'live' });
      logger.info(recordingEvents.reconciled, { callSid, hasEnded, recordings: found });
    } catch (error) {
      this.outcomes.inc({ outcome: 'failed' });
      logger.warn(recordingEvents.reconcileFailed, { callSid, error });
    }
  }

  /** @returns whether the call is over */
  private async readEnd(account: TwilioCalls, callSid: string): Promise<boolean> {
    const { isOver, ended } = await fetchIfOver(account, callSid);
    if (ended)
      await this.options.database.transaction((manager) =>
        writeEndFromTwilio(manager, callSid, {
          endedAt: ended.endedAt ?? new Date(),
          reason: ended.status,
          from: ended.from,
          to: ended.to,
          direction: ended.direction.startsWith('outbound') ? 'outbound' : 'inbound',
        }),
      );
    return isOver;
  }

  private async readRecordings(account: TwilioCalls, callSid: string): Promise<number> {
    const recordings = await account.listRecordings({ callSid, limit: LOOK_LIMIT });
    for (const recording of recordings) {
      const report = recordingReport({ ...factsOf(recording), callSid });
      if (report)
        await this.options.database.transaction((manager) =>
          applyReport(manager, report, this.options.apply),
        );
    }
    return recordings.length;
  }
}
