import { type Clock, type Timer } from '@frontdesk/runtime';

/** At the end of the protected window: a caller who said nothing for so long has stopped, though the VAD did not tell yet. */
const STOPPED_SPEAKING_MS = 150;
const STOPPED_AGAIN_AFTER_MS = 50;

export interface GreetingProtectionOptions {
  readonly clock: Clock;
  /** For how long the caller's line has been quiet, by its level. */
  readonly lineQuietMs: () => number;
  /** The window has ended. @returns whether a caller who speaks would stop the greeting now */
  readonly windowOver: () => boolean;
  /** The caller spoke in the window and goes on. */
  readonly goesOn: () => void;
}

/**
 * The start of the greeting that speech does not stop (RT7). Whoever spoke in the window and goes on stops the greeting at
 * its end; who stopped may begin again until the VAD tells.
 */
export class GreetingProtection {
  private timer: Timer | undefined;

  constructor(private readonly options: GreetingProtectionOptions) {}

  begin(ms: number): void {
    this.timer = this.options.clock.setTimer(() => this.check(), ms);
  }

  /** Idempotent. */
  cancel(): void {
    this.timer?.cancel();
  }

  private check(): void {
    if (!this.options.windowOver()) return;
    if (this.options.lineQuietMs() >= STOPPED_SPEAKING_MS) return this.begin(STOPPED_AGAIN_AFTER_MS);
    this.options.goesOn();
  }
}
