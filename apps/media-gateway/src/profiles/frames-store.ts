import { FRAME_BYTES } from '@frontdesk/audio';
import { backoffMs, type BackoffPolicy, type Clock, type Timer, withTimeout } from '@frontdesk/runtime';
import { LRUCache } from 'lru-cache';
import { type GatewayEvents } from '../events';

/** About 4 hours of speech: the greetings and phrases of some 3,000 businesses. Past it the least used go. */
const MAX_BYTES = 128 * 1024 * 1024;
/** No greeting is longer; more would push out those of many others. */
const MAX_ONE_BYTES = 4 * 1024 * 1024;
/** Asked for together, they travel together (`greeting-frames.ts`): a start takes a few requests, not thousands. */
const PREFETCH_AT_ONCE = 100;
/** Keys waiting to be fetched ahead, for the first time or again; a key beyond is fetched when a call needs it. */
const MAX_WAITING = 20_000;
/** Of every request, whoever asked first: nobody's shorter patience ends a fetch that others wait for. */
const FETCH_MS = 5000;
/**
 * Frames that do not exist yet are being made, which takes seconds. What is still not there after about six minutes is
 * not coming; it is asked for again when its profile changes, or when a call needs it.
 */
const notThere: BackoffPolicy = { attempts: 12, minMs: 1000, maxMs: 60_000, multiplier: 2 };
/** While greeting-service itself is away, without end: everything is still wanted when it is back. */
const away: BackoffPolicy = { attempts: Infinity, minMs: 1000, maxMs: 30_000, multiplier: 2 };

export interface FramesStoreOptions {
  /** Frames of a key from greeting-service; null when it has none. Rejects when it cannot be asked. */
  readonly fetch: (key: string, timeoutMs: number) => Promise<Buffer | null>;
  /** A greeting for a caller who waits: its frames, or the speech while it is made. Rejects when there is none. */
  readonly speak: (
    what: { key: string; businessId: string },
    signal: AbortSignal,
  ) => Promise<AsyncIterable<Buffer>>;
  readonly clock: Clock;
  readonly events: GatewayEvents;
  /** Default {@link MAX_BYTES}. */
  readonly maxBytes?: number;
  /** Default {@link MAX_WAITING}. */
  readonly maxWaiting?: number;
}

/** Greeting and phrase frames at hand, by key; bounded, fetched ahead when profiles change (GR5). */
export class FramesStore implements AsyncDisposable {
  private readonly frames: LRUCache<string, Buffer>;
  private readonly fetching = new Map<string, Promise<Buffer | null>>();
  /** Became stale while they were being fetched: what comes may be from before. */
  private readonly stale = new Set<string>();
  /** Keys to be fetched ahead, with the number of the attempt. */
  private readonly waiting = new Map<string, number>();
  private readonly again = new Map<string, Timer>();
  private readonly maxWaiting: number;
  private running = 0;
  private idlers: (() => void)[] = [];
  private isDisposed = false;

  constructor(private readonly options: FramesStoreOptions) {
    this.maxWaiting = options.maxWaiting ?? MAX_WAITING;
    this.frames = new LRUCache({
      maxSize: options.maxBytes ?? MAX_BYTES,
      maxEntrySize: MAX_ONE_BYTES,
      sizeCalculation: (frames) => frames.length,
    });
  }

  /** What is at hand. */
  get(key: string | null): Buffer | undefined {
    return key === null ? undefined : this.frames.get(key);
  }

  get bytes(): number {
    return this.frames.calculatedSize;
  }

  /** Keys that will be asked for without anybody asking again. */
  get outstanding(): number {
    return this.waiting.size + this.again.size + this.running;
  }

  /**
   * Asks greeting-service for what a caller waits for and is not at hand; it is fetched afterwards, for the next one.
   * Rejects when there is nothing to be heard; the iteration throws where the speech breaks off.
   */
  async speak(
    what: { key: string; businessId: string },
    signal: AbortSignal,
  ): Promise<AsyncIterable<Buffer>> {
    const speech = await this.options.speak(what, signal);
    this.prefetch([what.key]);
    return speech;
  }

  /** Resolves when everything asked for so far was asked of greeting-service, whether it exists or not. */
  idle(): Promise<void> {
    if (this.isDisposed || (this.waiting.size === 0 && this.running === 0)) return Promise.resolve();
    return new Promise((resolve) => this.idlers.push(resolve));
  }

  /** Asks greeting-service once, within the bound. Null when it has none, or not in time. */
  async load(key: string, timeoutMs: number): Promise<Buffer | null> {
    try {
      return await withTimeout(this.fetch(key), timeoutMs, 'the frames of a greeting');
    } catch {
      return null;
    }
  }

  /**
   * Fetches ahead, and again later what does not exist yet.
   * @param isStale fetch even what is at hand: it may have been made anew, or be no longer valid
   */
  prefetch(keys: readonly string[], isStale = false): void {
    for (const key of keys) {
      if (!isStale && this.frames.has(key)) continue;
      this.again.get(key)?.cancel();
      this.again.delete(key);
      if (this.fetching.has(key)) this.stale.add(key);
      else if (this.waiting.size + this.again.size < this.maxWaiting) this.waiting.set(key, 1);
    }
    this.pump();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    for (const timer of this.again.values()) timer.cancel();
    this.again.clear();
    this.waiting.clear();
    this.becomeIdle();
    return Promise.resolve();
  }

  private pump(): void {
    while (!this.isDisposed && this.running < PREFETCH_AT_ONCE) {
      const first = this.waiting.entries().next().value;
      if (!first) return;
      const [key, attempt] = first;
      this.waiting.delete(key);
      this.running += 1;
      void this.prefetchOne(key, attempt).finally(() => {
        this.running -= 1;
        this.pump();
        if (this.waiting.size === 0 && this.running === 0) this.becomeIdle();
      });
    }
  }

  private becomeIdle(): void {
    const idlers = this.idlers;
    this.idlers = [];
    for (const resolve of idlers) resolve();
  }

  private async prefetchOne(key: string, attempt: number): Promise<void> {
    try {
      const frames = await this.fetch(key);
      if (frames) return this.options.events.greetingCached(frames.length / FRAME_BYTES);
      this.options.events.framesUnavailable(key, 'there are none');
      this.later(key, attempt, notThere);
    } catch (error) {
      this.options.events.framesUnavailable(key, error);
      this.later(key, attempt, away);
    }
  }

  private later(key: string, attempt: number, policy: BackoffPolicy): void {
    if (this.isDisposed || this.waiting.has(key) || attempt >= policy.attempts) return;
    const timer = this.options.clock.setTimer(
      () => {
        this.again.delete(key);
        this.waiting.set(key, attempt + 1);
        this.pump();
      },
      backoffMs(policy, attempt),
    );
    this.again.set(key, timer);
  }

  /** One request for a key, however many wait for it. */
  private fetch(key: string): Promise<Buffer | null> {
    const running = this.fetching.get(key);
    if (running) return running;
    const started = this.ask(key);
    this.fetching.set(key, started);
    return started;
  }

  private async ask(key: string): Promise<Buffer | null> {
    try {
      return this.keep(key, await this.options.fetch(key, FETCH_MS));
    } finally {
      this.fetching.delete(key);
      if (this.stale.delete(key)) this.prefetch([key], true);
    }
  }

  private keep(key: string, frames: Buffer | null): Buffer | null {
    const whole = frames?.subarray(0, frames.length - (frames.length % FRAME_BYTES));
    if (whole && whole.length > 0) {
      this.frames.set(key, whole);
      return whole;
    }
    // What was at hand is no longer valid: an invalidation reaches every copy (GR4).
    this.frames.delete(key);
    return null;
  }
}
