import { FRAME_BYTES } from '@frontdesk/audio';
import { SingleFlight, withTimeout } from '@frontdesk/runtime';
import { LRUCache } from 'lru-cache';
import { type GatewayEvents } from '../events';

/** About 4 hours of speech: the greetings and phrases of some 3,000 businesses. */
const MAX_BYTES = 128 * 1024 * 1024;
/** Ahead of time a few at once are enough. */
const PREFETCH_AT_ONCE = 4;
const PREFETCH_AGAIN_MS = 5000;
const MAX_WAITING = 20_000;

export interface FramesStoreOptions {
  /** Frames of a key from greeting-service; rejects when there are none. */
  readonly fetch: (key: string, timeoutMs: number) => Promise<Buffer>;
  readonly events: GatewayEvents;
}

/** Greeting and phrase frames at hand, by key; bounded, fetched ahead when profiles change (GR5). */
export class FramesStore implements AsyncDisposable {
  private readonly frames = new LRUCache<string, Buffer>({
    maxSize: MAX_BYTES,
    sizeCalculation: (frames) => frames.length,
  });
  private readonly flights = new SingleFlight<Buffer>();
  private readonly waiting = new Set<string>();
  private readonly failed = new Set<string>();
  private running = 0;
  private again: NodeJS.Timeout | undefined;
  private isDisposed = false;

  constructor(private readonly options: FramesStoreOptions) {}

  /** What is at hand. */
  get(key: string | null): Buffer | undefined {
    return key === null ? undefined : this.frames.get(key);
  }

  /** Asks greeting-service once, within the bound. Null when it has none, or not in time. */
  async load(key: string, timeoutMs: number): Promise<Buffer | null> {
    try {
      // The bound is the caller's own: the request may be one that was begun ahead of time, with a longer one.
      return await withTimeout(this.fetch(key, timeoutMs), timeoutMs, 'the frames of a greeting');
    } catch {
      return null;
    }
  }

  /**
   * Fetches ahead, and again later what does not exist yet.
   * @param isStale fetch even what is at hand: it may have been made anew
   */
  prefetch(keys: readonly string[], isStale = false): void {
    for (const key of keys)
      if ((isStale || !this.frames.has(key)) && this.waiting.size < MAX_WAITING) this.waiting.add(key);
    this.pump();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.again);
    return Promise.resolve();
  }

  private pump(): void {
    while (!this.isDisposed && this.running < PREFETCH_AT_ONCE) {
      const key = this.waiting.values().next().value;
      if (key === undefined) return;
      this.waiting.delete(key);
      this.running += 1;
      void this.prefetchOne(key).finally(() => {
        this.running -= 1;
        this.pump();
      });
    }
  }

  private async prefetchOne(key: string): Promise<void> {
    try {
      const frames = await this.fetch(key, PREFETCH_AGAIN_MS);
      this.options.events.greetingCached(frames.length / FRAME_BYTES);
    } catch (error) {
      this.options.events.framesUnavailable(key, error);
      if (this.isDisposed) return;
      this.again ??= setTimeout(() => {
        this.again = undefined;
        this.retryFailed();
      }, PREFETCH_AGAIN_MS / 5);
      this.failed.add(key);
    }
  }

  private retryFailed(): void {
    const keys = [...this.failed];
    this.failed.clear();
    this.prefetch(keys, true);
  }

  private fetch(key: string, timeoutMs: number): Promise<Buffer> {
    return this.flights.run(key, async () => {
      const frames = await this.options.fetch(key, timeoutMs);
      const whole = frames.subarray(0, frames.length - (frames.length % FRAME_BYTES));
      if (whole.length === 0) throw new Error('there are no frames');
      this.frames.set(key, whole);
      return whole;
    });
  }
}
