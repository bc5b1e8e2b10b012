import { systemClock, type Clock } from '@frontdesk/runtime';
import { type FramesRequest } from './frames';

/** Openings that may begin at once after a quiet time: the share of ten seconds. */
const BURST_MS = 10_000;

/**
 * Lets syntheses of campaign openings begin at a bounded rate, in the order in which they come, so that a campaign of
 * thousands leaves the provider's own limits to greetings and callers. Everything else passes at once.
 */
export class CampaignGate {
  private readonly everyMs: number;
  private nextAtMs = 0;

  constructor(
    perMinute: number,
    private readonly clock: Clock = systemClock,
  ) {
    this.everyMs = 60_000 / perMinute;
  }

  /** Resolves when it is this request's turn; rejects when it is aborted first. Its turn is lost then. */
  async admit({ pool }: Pick<FramesRequest, 'pool'>, signal: AbortSignal): Promise<void> {
    if (pool !== 'campaign') return;
    const nowMs = this.clock.monotonicMs();
    const turnMs = Math.max(this.nextAtMs, nowMs - BURST_MS);
    this.nextAtMs = turnMs + this.everyMs;
    if (turnMs > nowMs) await this.until(turnMs - nowMs, signal);
  }

  private until(waitMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        timer.cancel();
        reject(signal.reason as Error);
      };
      const timer = this.clock.setTimer(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      }, waitMs);
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}
