import { type Clock } from '@frontdesk/runtime';

/**
 * The agent owes the caller something to hear (RT13). After [AGENT_SILENCE_MS] a filler is due, after twice that the
 * call is handed to the fallback. Each once per wait.
 */
export class SilenceWatch {
  private sinceMs: number | null = null;
  private stage: 0 | 1 | 2 = 0;

  constructor(
    private readonly clock: Clock,
    private readonly silenceMs: number,
  ) {}

  /** The caller waits from now on. A wait that runs goes on. */
  arm(): void {
    if (this.sinceMs !== null) return;
    this.sinceMs = this.clock.monotonicMs();
    this.stage = 0;
  }

  /** The agent is heard, or the caller speaks. */
  disarm(): void {
    this.sinceMs = null;
  }

  /** What is due now. */
  due(): 'filler' | 'fallback' | null {
    if (this.sinceMs === null) return null;
    const waitedMs = this.clock.monotonicMs() - this.sinceMs;
    if (waitedMs >= 2 * this.silenceMs && this.stage < 2) {
      this.stage = 2;
      return 'fallback';
    }
    if (waitedMs >= this.silenceMs && this.stage < 1) {
      this.stage = 1;
      return 'filler';
    }
    return null;
  }
}
