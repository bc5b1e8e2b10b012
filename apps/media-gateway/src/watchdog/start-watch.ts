import { type Clock, type Timer } from '@frontdesk/runtime';

/** Watches that run at once; each is a call that rings. */
const MAX_WATCHES = 20_000;

/**
 * Waits for a stream's `start` after a webhook (IN4): one watch for each call and generation, set by the replica that
 * answered the webhook, called off when the stream starts, anywhere.
 */
export class StartWatch {
  private readonly timers = new Map<string, Timer>();

  /** @param onMissing the time is over and no start was reported */
  constructor(
    private readonly clock: Clock,
    private readonly timeoutMs: number,
    private readonly onMissing: (callSid: string, generation: number) => void,
  ) {}

  /** Begins to wait; the same webhook fetched twice does not begin anew. */
  arm(callSid: string, generation: number): void {
    const key = `${callSid}:${generation}`;
    if (this.timers.has(key) || this.timers.size >= MAX_WATCHES) return;
    const fire = (): void => {
      this.timers.delete(key);
      this.onMissing(callSid, generation);
    };
    this.timers.set(key, this.clock.setTimer(fire, this.timeoutMs));
  }

  /** The stream started, or the call is over. */
  disarm(callSid: string, generation: number): void {
    const key = `${callSid}:${generation}`;
    this.timers.get(key)?.cancel();
    this.timers.delete(key);
  }

  get size(): number {
    return this.timers.size;
  }
}
