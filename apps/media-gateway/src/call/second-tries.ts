import { type Clock, type Timer } from '@frontdesk/runtime';

/** A response that failed, or had nothing in it, is asked for again after these. */
const AGAIN_AFTER_MS = [300, 1000];

/** When to ask again for what the model failed to answer; past the last try the silence watch sees to it. */
export class SecondTries {
  private failures = 0;
  private timer: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  /** The model answers. */
  succeeded(): void {
    this.failures = 0;
  }

  /** @param ask does it, if it is still due by then */
  failed(ask: () => void): void {
    const delayMs = AGAIN_AFTER_MS[this.failures];
    this.failures += 1;
    this.cancel();
    if (delayMs !== undefined) this.timer = this.clock.setTimer(ask, delayMs);
  }

  /** Nothing is asked for again. Idempotent. */
  cancel(): void {
    this.timer?.cancel();
  }
}
