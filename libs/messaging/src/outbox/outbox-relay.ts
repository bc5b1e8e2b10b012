import { type Logger, type Metrics } from '@frontdesk/observability';
import { backoffMs, type BackoffPolicy } from '@frontdesk/runtime';
import { events } from '../events';
import { messagingMetrics, type MessagingMetrics } from '../metrics';
import { type MessageBus, type OutboxStore } from '../port';

export interface OutboxRelayOptions {
  store: OutboxStore;
  bus: Pick<MessageBus, 'publish'>;
  logger: Logger;
  metrics: Metrics;
  /** How often the store is asked without having been woken; default 1000. */
  pollMs?: number;
}

const batchSize = 200;
const afterFailure: BackoffPolicy = { attempts: Infinity, minMs: 500, maxMs: 5000, multiplier: 2 };

/**
 * Publishes what services wrote to their outbox in the transaction it belongs to. One batch at a time, oldest first, so
 * that the order of a key is kept; a batch that failed is taken again, so that a message may come twice but none is
 * lost. Goes on by itself after the broker or the database was away.
 */
export class OutboxRelay implements AsyncDisposable {
  private readonly metrics: MessagingMetrics;
  private readonly running: Promise<void>;
  private isStopped = false;
  private isWoken = true;
  private failures = 0;
  private wake: () => void = () => undefined;
  private listener: AsyncDisposable | undefined;

  static start(options: OutboxRelayOptions): OutboxRelay {
    return new OutboxRelay(options);
  }

  private constructor(private readonly options: OutboxRelayOptions) {
    this.metrics = messagingMetrics(options.metrics);
    this.running = this.run();
  }

  private async run(): Promise<void> {
    while (!this.isStopped) {
      this.isWoken = false;
      try {
        await this.listen();
        await this.drain();
        this.failures = 0;
      } catch (error) {
        this.failures += 1;
        this.metrics.relayFailures.inc();
        this.options.logger.warn(events.outboxFailed, { failures: this.failures, reason: error });
      }
      await this.idle();
    }
  }

  private async listen(): Promise<void> {
    this.listener ??= await this.options.store.listen(() => {
      this.isWoken = true;
      this.wake();
    });
  }

  private async drain(): Promise<void> {
    for (let taken = batchSize; taken === batchSize && !this.isStopped;) {
      taken = await this.options.store.takeBatch(batchSize, (rows) => this.options.bus.publish(rows));
      this.metrics.relayed.inc(taken);
    }
  }

  /** Until something was written, the poll interval is over or the relay stops; after a failure the back-off counts. */
  private async idle(): Promise<void> {
    if (this.isStopped || (this.isWoken && this.failures === 0)) return;
    const ms = this.failures > 0 ? backoffMs(afterFailure, this.failures) : (this.options.pollMs ?? 1000);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        if (this.failures > 0 && !this.isStopped) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isStopped = true;
    this.wake();
    await this.running;
    await this.listener?.[Symbol.asyncDispose]();
    this.listener = undefined;
  }
}
