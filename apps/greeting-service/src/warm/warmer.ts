import { backoffMs, systemClock, type BackoffPolicy, type Clock, type Timer } from '@frontdesk/runtime';
import { type FramesRequest } from '../cache/frames';

/** Warming never gives up by itself: it ends when the frames exist, or nobody wants them any more. */
export const warmBackoff: BackoffPolicy = { attempts: Infinity, minMs: 1000, maxMs: 60_000, multiplier: 2 };

export interface WarmerOptions {
  ensure: (request: FramesRequest, signal: AbortSignal) => Promise<unknown>;
  concurrency: number;
  onFailed: (request: FramesRequest, failures: number, retryInMs: number, error: unknown) => void;
  /** Gives up on what can never be made, such as a text without words. */
  isHopeless?: (error: unknown) => boolean;
  clock?: Clock;
}

interface Task {
  readonly request: FramesRequest;
  readonly abort: AbortController;
  failures: number;
  state: 'ready' | 'running' | 'waiting';
  timer?: Timer;
}

/**
 * Synthesizes ahead in the background: a bounded number at once, greetings before phrases before campaign openings,
 * failures again after a growing wait. What a business wants replaces what it wanted before: an outdated text is not
 * synthesized, and stopped where it has begun.
 */
export class Warmer implements AsyncDisposable {
  private readonly tasks = new Map<string, Task>();
  private readonly running = new Set<Promise<void>>();
  private isDisposed = false;

  constructor(private readonly options: WarmerOptions) {}

  /** From now on exactly these greeting and phrase frames are wanted for a business; none to forget it. */
  want(businessId: string, requests: readonly FramesRequest[]): void {
    const wanted = new Set(requests.map(({ key }) => key));
    for (const [key, task] of [...this.tasks])
      if (task.request.businessId === businessId && task.request.pool !== 'campaign' && !wanted.has(key))
        this.forget(key, task);
    for (const request of requests) this.add(request);
  }

  /** Also wanted, whatever else is. */
  add(request: FramesRequest): void {
    if (this.isDisposed || this.tasks.has(request.key)) return;
    this.tasks.set(request.key, { request, abort: new AbortController(), failures: 0, state: 'ready' });
    this.fill();
  }

  /** Not yet there. */
  get pending(): number {
    return this.tasks.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    for (const [key, task] of [...this.tasks]) this.forget(key, task);
    await Promise.all(this.running);
  }

  private forget(key: string, task: Task): void {
    task.timer?.cancel();
    task.abort.abort();
    this.tasks.delete(key);
  }

  private fill(): void {
    while (!this.isDisposed && this.running.size < this.options.concurrency) {
      const next = this.nextReady();
      if (!next) return;
      const run = this.run(next).finally(() => {
        this.running.delete(run);
        this.fill();
      });
      this.running.add(run);
    }
  }

  private nextReady(): Task | undefined {
    const ready = [...this.tasks.values()].filter(({ state }) => state === 'ready');
    return (
      ready.find(({ request }) => request.pool === 'greeting') ??
      ready.find(({ request }) => request.pool === 'phrase') ??
      ready[0]
    );
  }

  private async run(task: Task): Promise<void> {
    task.state = 'running';
    const isWanted = (): boolean => this.tasks.get(task.request.key) === task;
    try {
      await this.options.ensure(task.request, task.abort.signal);
      if (isWanted()) this.tasks.delete(task.request.key);
    } catch (error) {
      if (!isWanted()) return;
      task.failures += 1;
      this.tryAgainLater(task, error);
    }
  }

  private tryAgainLater(task: Task, error: unknown): void {
    const retryInMs = backoffMs(warmBackoff, task.failures);
    this.options.onFailed(task.request, task.failures, retryInMs, error);
    if (this.options.isHopeless?.(error)) {
      this.tasks.delete(task.request.key);
      return;
    }
    task.state = 'waiting';
    task.timer = (this.options.clock ?? systemClock).setTimer(() => {
      task.state = 'ready';
      this.fill();
    }, retryInMs);
  }
}
