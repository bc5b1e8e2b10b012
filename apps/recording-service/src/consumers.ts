import { topics } from '@frontdesk/contracts';
import { type MessageBus } from '@frontdesk/messaging';
import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordingEvents } from './events';

const RETRY_MS = 1_000;
export const consumedTopics = [topics.callEvents, topics.recordingJobs];

/**
 * The service's consumers, begun as soon as schema and topics are there (a migration job may still run when the service
 * starts). Readiness tells what is awaited, liveness fails when one of them ended for good.
 */
export class Consumers implements AsyncDisposable {
  private readonly abort = new AbortController();
  private readonly running: AsyncDisposable[] = [];
  private readonly starting: Promise<void>;
  private missing: string | null = 'they have not begun';
  private crash: Error | null = null;

  constructor(
    private readonly database: Database,
    private readonly bus: MessageBus,
    private readonly logger: Logger,
    private readonly begin: (onCrash: (error: Error) => void) => Promise<AsyncDisposable>[],
  ) {
    this.starting = this.start();
  }

  assertRunning(): void {
    if (this.missing) throw new Error(this.missing);
  }

  assertAlive(): void {
    if (this.crash) throw new Error(`a consumer ended: ${this.crash.message}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort.abort();
    await this.starting;
    await Promise.all(this.running.map((consumer) => consumer[Symbol.asyncDispose]()));
  }

  private async start(): Promise<void> {
    while (!this.abort.signal.aborted) {
      try {
        await this.database.assertMigrated();
        await this.bus.checkTopics(consumedTopics);
        await this.subscribe();
        return;
      } catch (error) {
        this.missing = error instanceof Error ? error.message : String(error);
      }
      await sleep(RETRY_MS, undefined, { signal: this.abort.signal }).catch(() => undefined);
    }
  }

  private async subscribe(): Promise<void> {
    const onCrash = (error: Error): void => {
      this.crash = error;
      this.logger.error(recordingEvents.consumerCrashed, { error });
    };
    for (const consumer of this.running.splice(0)) await consumer[Symbol.asyncDispose]();
    const results = await Promise.allSettled(this.begin(onCrash));
    for (const result of results) if (result.status === 'fulfilled') this.running.push(result.value);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
    this.missing = null;
  }
}
