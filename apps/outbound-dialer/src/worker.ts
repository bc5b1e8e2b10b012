import { callEventSchema, dialAttemptJob, topics } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { type MessageBus } from '@frontdesk/messaging';
import { type Database, isConnectionError } from '@frontdesk/persistence';
import { DisposalStack } from '@frontdesk/runtime';
import { type PublicUrl, type TwilioAccounts } from '@frontdesk/telephony';
import { setTimeout as sleep } from 'node:timers/promises';
import { DialWorker } from './attempts/dial-worker';
import { OpeningLines } from './campaigns/opening-lines';
import { noteOptOut } from './compliance/opt-outs';
import { type DialerConfig } from './config';
import { type DialerEvents } from './events';
import { MachinePolicy } from './machines/machine-policy';
import { Reconciler } from './reconciling/reconciler';
import { Scheduler } from './scheduling/scheduler';
import { Ticker } from './scheduling/ticker';

export interface WorkerParts {
  database: Database;
  bus: MessageBus;
  accounts: TwilioAccounts;
  greeting: ServiceClient;
  gateway: ServiceClient;
  publicUrl: PublicUrl;
  events: DialerEvents;
  config: DialerConfig;
}

/** Topics that a worker reads or whose messages its transactions write. */
export const workerTopics = [topics.dialJobs, topics.dialEvents, topics.callEvents];

/** One group a topic: members of a group must all read the same. */
const groups = { dialJobs: 'outbound-dialer.dial', optOuts: 'outbound-dialer.opt-outs' };
const startRetryMs = 500;
const openingTickMs = 250;
const machineTickMs = 250;
const maxReconcileTickMs = 2000;

/**
 * The dialling half: scheduler, dial jobs, reconciler, opening lines. Begins its work, the clean-up of what dead workers
 * left included, only when the schema is migrated and the topics exist; until then it says what it waits for.
 */
export class Worker implements AsyncDisposable {
  private readonly stopping = new AbortController();
  private resources: DisposalStack | undefined;
  private readonly starting: Promise<void>;
  private crash: Error | undefined;
  private isWorking = false;

  constructor(private readonly parts: WorkerParts) {
    this.starting = this.startWhenPossible();
  }

  /** For readiness. */
  assertWorking(): void {
    if (!this.isWorking) throw new Error('the worker has not begun yet');
  }

  /** For liveness: a consumer that ended for good is replaced with its process. */
  assertAlive(): void {
    if (this.crash) throw this.crash;
  }

  private async startWhenPossible(): Promise<void> {
    const { events } = this.parts;
    let told = '';
    while (!this.stopping.signal.aborted) {
      const taken = new DisposalStack((name, error) => events.tickFailed(`releasing ${name}`, error));
      try {
        await this.begin(taken);
        this.resources = taken;
        this.isWorking = true;
        events.working();
        return;
      } catch (error) {
        await taken[Symbol.asyncDispose]();
        const reason = (error as Error).message;
        if (reason !== told) events.waitingForStart(reason);
        told = reason;
        await sleep(startRetryMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      }
    }
  }

  private async begin(taken: DisposalStack): Promise<void> {
    const { database, bus, accounts, events, config } = this.parts;
    await database.assertMigrated();
    await bus.checkTopics(workerTopics);
    const reconciler = new Reconciler({ ...config, database, accounts, events });
    await reconciler.expireLeases();
    await this.subscribe(taken);
    const scheduler = new Scheduler({ ...config, database, events });
    const openings = new OpeningLines({ ...config, ...this.parts });
    const tick = (name: string, intervalMs: number, task: () => Promise<void>): void => {
      const onError = (error: unknown): void => events.tickFailed(name, error);
      taken.use(name, Ticker.start({ intervalMs, task, onError }));
    };
    const machines = new MachinePolicy(this.parts);
    tick('machines', machineTickMs, () => machines.tick());
    tick('openings', openingTickMs, () => openings.tick());
    tick('scheduler', config.schedulerIntervalMs, () => scheduler.tick());
    const reconcileTickMs = Math.min(maxReconcileTickMs, config.reconcileIntervalMs / 2, config.callCheckMs);
    tick('reconciler', reconcileTickMs, () => reconciler.tick());
  }

  private async subscribe(taken: DisposalStack): Promise<void> {
    const { database, bus, events, config } = this.parts;
    const dialler = taken.use('asks', new DialWorker({ ...config, ...this.parts }));
    const onCrash = (error: Error): void => void (this.crash = error);
    const dialling = await bus.subscribe({
      topic: topics.dialJobs,
      group: groups.dialJobs,
      schema: dialAttemptJob,
      concurrency: topics.dialJobs.partitions,
      handle: ({ value }, { signal }) => dialler.handle(value, signal),
      isOutage: isConnectionError,
      onCrash,
    });
    taken.use('dial jobs', dialling);
    const optOuts = await bus.subscribe({
      topic: topics.callEvents,
      group: groups.optOuts,
      schema: callEventSchema,
      handle: ({ value }) => noteOptOut(database, events, value),
      isOutage: isConnectionError,
      onCrash,
    });
    taken.use('opt-outs', optOuts);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.starting;
    await this.resources?.[Symbol.asyncDispose]();
  }
}
