import { type Logger, type Metrics } from '@frontdesk/observability';
import { backoffMs, TimeoutError, withTimeout, type BackoffPolicy } from '@frontdesk/runtime';
import { events } from '../events';
import { messagingMetrics, type MessagingMetrics } from '../metrics';
import { type MessageBus, type OutboxMessage } from '../port';

export type Priority = 'lifecycle' | 'normal';

export interface BoundedPublisherOptions {
  bus: Pick<MessageBus, 'publish'>;
  /** Messages held at most, those being sent included. */
  capacity: number;
  /**
   * From one batch to the next at the earliest, ms: what a busy process tells goes in a few large batches, because each of
   * them costs more than what is in it. A message that comes alone waits for nothing. What waits is lost with the process.
   */
  sendEveryMs: number;
  logger: Logger;
  metrics: Metrics;
}

const maxBatch = 200;
const afterFailure: BackoffPolicy = { attempts: Infinity, minMs: 200, maxMs: 5000, multiplier: 2 };
const flushOnDisposeMs = 3000;
/** One line a second tells how many were dropped, not one a message. */
const reportEveryMs = 1000;

/**
 * For a process that must never wait for Kafka: `offer` returns at once. Beyond the capacity the oldest normal message
 * goes first, lifecycle messages only when nothing else is left. Messages leave in the order they came.
 */
export class BoundedPublisher implements AsyncDisposable {
  private readonly metrics: MessagingMetrics;
  private waiting: { message: OutboxMessage; priority: Priority }[] = [];
  private inFlight = 0;
  private normalWaiting = 0;
  private dropped = 0;
  private nextBatchMs = -Infinity;
  private lastReportAt = -Infinity;
  private pumping: Promise<void> | undefined;
  private isStopped = false;
  private interruptPause: () => void = () => undefined;
  private isGathering = false;

  constructor(private readonly options: BoundedPublisherOptions) {
    this.metrics = messagingMetrics(options.metrics);
  }

  offer(message: OutboxMessage, priority: Priority = 'normal'): void {
    if (this.isStopped) return this.drop(priority);
    if (this.waiting.length + this.inFlight >= this.options.capacity && !this.makeRoom(priority)) return;
    this.waiting.push({ message, priority });
    if (priority === 'normal') this.normalWaiting += 1;
    this.metrics.publisherWaiting.set(this.waiting.length + this.inFlight);
    if (this.isGathering && this.waiting.length >= maxBatch) this.interruptPause();
    this.keepPumping();
  }

  /** How long more is waited for, ms: not at all, where the last batch was not sent just now. */
  private get gatherMs(): number {
    return this.waiting.length >= maxBatch ? 0 : Math.max(0, this.nextBatchMs - performance.now());
  }

  private async gather(): Promise<void> {
    this.isGathering = true;
    await this.pause(this.gatherMs);
    this.isGathering = false;
  }

  /** What is offered after the pump looked for the last time, and before its promise is settled, needs another round. */
  private keepPumping(): void {
    if (this.waiting.length === 0 || this.isStopped) return;
    this.pumping ??= this.pump().finally(() => {
      this.pumping = undefined;
      this.keepPumping();
    });
  }

  /** Drops one message; false when it is the new one. */
  private makeRoom(incoming: Priority): boolean {
    if (this.normalWaiting === 0 && (incoming === 'normal' || this.waiting.length === 0)) {
      this.drop(incoming);
      return false;
    }
    const victim = this.normalWaiting > 0 ? this.waiting.findIndex((one) => one.priority === 'normal') : 0;
    const [gone] = this.waiting.splice(victim, 1);
    if (gone!.priority === 'normal') this.normalWaiting -= 1;
    this.drop(gone!.priority);
    return true;
  }

  private drop(priority: Priority): void {
    this.dropped += 1;
    this.metrics.publisherDropped.inc({ priority });
    if (Date.now() - this.lastReportAt < reportEveryMs) return;
    this.lastReportAt = Date.now();
    this.options.logger.warn(events.publisherDropped, { priority, droppedInAll: this.dropped });
  }

  private async pump(): Promise<void> {
    for (let failures = 0; this.waiting.length > 0 && !this.isStopped;) {
      if (failures === 0 && this.gatherMs > 0) await this.gather();
      this.nextBatchMs = performance.now() + this.options.sendEveryMs;
      const batch = this.waiting.splice(0, maxBatch);
      this.normalWaiting -= batch.filter(({ priority }) => priority === 'normal').length;
      this.inFlight = batch.length;
      try {
        await this.options.bus.publish(batch.map(({ message }) => message));
        failures = 0;
      } catch (error) {
        failures += 1;
        this.options.logger.warn(events.publishFailed, { failures, reason: error });
        this.waiting.unshift(...batch);
        this.normalWaiting += batch.filter(({ priority }) => priority === 'normal').length;
        await this.pause(backoffMs(afterFailure, failures));
      } finally {
        this.inFlight = 0;
        this.metrics.publisherWaiting.set(this.waiting.length);
      }
    }
  }

  private async pause(ms: number): Promise<void> {
    if (this.isStopped) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.interruptPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Resolves when everything offered so far has left, or throws a TimeoutError. */
  async flush(timeoutMs: number): Promise<void> {
    if (this.isGathering) this.interruptPause();
    await withTimeout(this.pumping ?? Promise.resolve(), timeoutMs, 'publishing what was waiting');
  }

  /** Gives what waits a last chance of three seconds and counts the rest as dropped. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.flush(flushOnDisposeMs);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
    } finally {
      this.isStopped = true;
      this.interruptPause();
      for (const { priority } of this.waiting.splice(0)) this.drop(priority);
    }
  }
}
