import { backoffMs, systemClock, type BackoffPolicy, type Clock, type Timer } from '@frontdesk/runtime';
import { type FramesPool, type FramesRequest } from '../cache/frames';

/** Warming never gives up by itself: it ends when the frames exist, or nobody wants them any more. */
export const warmBackoff: BackoffPolicy = { attempts: Infinity, minMs: 1000, maxMs: 60_000, multiplier: 2 };

export interface WarmerOptions {
  ensure: (request: FramesRequest, signal: AbortSignal) => Promise<unknown>;
  /** Greetings and phrases at once. */
  concurrency: number;
  /** Campaign openings at once, beside these: a campaign never takes a greeting's place. @defaultValue 1 */
  campaignConcurrency?: number;
  onFailed: (request: FramesRequest, failures: number, retryInMs: number, error: unknown) => void;
  /** Gives up on what can never be made, such as a text without words. */
  isHopeless?: (error: unknown) => boolean;
  /** Told of what was given up on. */
  onHopeless?: (request: FramesRequest) => void;
  clock?: Clock;
}

interface Task {
  readonly request: FramesRequest;
  readonly abort: AbortController;
  failures: number;
  timer?: Timer;
}

/**
 * Synthesizes ahead in the background: a bounded number at once, greetings before phrases before campaign openings,
 * failures again after a growing wait. What a business wants replaces what it wanted before: an outdated text is not
 * synthesized, and stopped where it has begun.
 */
export class Warmer implements AsyncDisposable {
  private readonly tasks = new Map<string, Task>();
  private readonly ready: Record<FramesPool, Set<Task>> = {
    greeting: new Set(),
    phrase: new Set(),
    campaign: new Set(),
  };
  private readonly running = new Map<Task, Promise<void>>();
  private isDisposed = false;

  constructor(private readonly options: WarmerOptions) {}

  /** From now on exactly these greeting and phrase frames are wanted for a business. */
  want(businessId: string, requests: readonly FramesRequest[]): void {
    const wanted = new Set(requests.map(({ key }) => key));
    for (const [key, task] of [...this.tasks])
      if (task.request.businessId === businessId && task.request.pool !== 'campaign' && !wanted.has(key))
        this.forget(key, task);
    for (const request of requests) this.add(request);
  }

  /** Nothing of a business is wanted any more, campaign openings neither. */
  drop(businessId: string): void {
    for (const [key, task] of [...this.tasks])
      if (task.request.businessId === businessId) this.forget(key, task);
  }

  /** Also wanted, whatever else is. */
  add(request: FramesRequest): void {
    if (this.isDisposed || this.tasks.has(request.key)) return;
    const task = { request, abort: new AbortController(), failures: 0 };
    this.tasks.set(request.key, task);
    this.readyOf(task).add(task);
    this.fill();
  }

  /** What it sees to: waiting, being made, or to be tried again. */
  get keys(): string[] {
    return [...this.tasks.keys()];
  }

  /** Not yet there. */
  get pending(): number {
    return this.tasks.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    for (const [key, task] of [...this.tasks]) this.forget(key, task);
    await Promise.all(this.running.values());
  }

  private forget(key: string, task: Task): void {
    task.timer?.cancel();
    task.abort.abort();
    this.readyOf(task).delete(task);
    this.tasks.delete(key);
  }

  private readyOf({ request }: Task): Set<Task> {
    return this.ready[request.pool];
  }

  private fill(): void {
    for (;;) {
      const next = this.isDisposed ? undefined : this.nextReady();
      if (!next) return;
      this.readyOf(next).delete(next);
      const run = this.run(next).finally(() => {
        this.running.delete(next);
        this.fill();
      });
      this.running.set(next, run);
    }
  }

  private nextReady(): Task | undefined {
    const { concurrency, campaignConcurrency = 1 } = this.options;
    const { greeting, phrase, campaign } = this.ready;
    const campaigns = [...this.running.keys()].filter(({ request }) => request.pool === 'campaign').length;
    const isFree = this.running.size - campaigns < concurrency;
    const next = isFree ? (first(greeting) ?? first(phrase)) : undefined;
    return next ?? (campaigns < campaignConcurrency ? first(campaign) : undefined);
  }

  private async run(task: Task): Promise<void> {
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
      this.options.onHopeless?.(task.request);
      return;
    }
    task.timer = (this.options.clock ?? systemClock).setTimer(() => {
      this.readyOf(task).add(task);
      this.fill();
    }, retryInMs);
  }
}

const first = <T>(set: ReadonlySet<T>): T | undefined => set.values().next().value;
