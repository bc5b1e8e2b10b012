import { type Clock } from '@frontdesk/runtime';

/** What a caller who waits is owed, one after the other. */
export type SilenceStep = 'filler' | 'new-session' | 'fallback';

/** What is waited for: the agent's voice, or a session that hears the caller at all. */
export type SilenceReason = 'answer' | 'session';

/** The beat that asks what is due comes four times a second: asked for a little early, nothing comes late. */
const EARLY_MS = 250;
/** Without a session the caller speaks to nobody: a phrase comes soon (RT10). */
const NO_SESSION_FILLER_MS = 1500;

const steps: readonly SilenceStep[] = ['filler', 'new-session', 'fallback'];

/**
 * The agent owes the caller something to hear (RT13). After [AGENT_SILENCE_MS] a filler is due, after twice that a new
 * session, after three times that the fallback. Each once per wait.
 */
export class SilenceWatch {
  private sinceMs: number | null = null;
  private reason: SilenceReason = 'answer';
  private stage = 0;

  constructor(
    private readonly clock: Clock,
    private readonly silenceMs: number,
  ) {}

  get isArmed(): boolean {
    return this.sinceMs !== null;
  }

  /** The caller waits for the agent's voice, not only for a session. */
  get isAnswerOwed(): boolean {
    return this.isArmed && this.reason === 'answer';
  }

  /** The caller waits from now on. A wait that runs goes on, and is one for an answer once an answer is waited for. */
  arm(reason: SilenceReason = 'answer'): void {
    if (this.sinceMs === null) {
      this.sinceMs = this.clock.monotonicMs();
      this.stage = 0;
      this.reason = reason;
    } else if (reason === 'answer') this.reason = reason;
  }

  /** The agent is heard, or the caller speaks. */
  disarm(): void {
    this.sinceMs = null;
  }

  /** A session hears: who waited only for that waits no more. */
  sessionIsReady(): void {
    if (this.reason === 'session') this.disarm();
  }

  /**
   * What is due now.
   * @param last no step beyond this one
   */
  due(last: SilenceStep = 'fallback'): SilenceStep | null {
    const step = steps[this.stage];
    if (this.sinceMs === null || !step || this.stage > steps.indexOf(last)) return null;
    const waitedMs = this.clock.monotonicMs() - this.sinceMs;
    if (waitedMs < this.waitOf(this.stage) - EARLY_MS) return null;
    this.stage += 1;
    return step;
  }

  private waitOf(stage: number): number {
    const waitMs = (stage + 1) * this.silenceMs;
    return stage === 0 && this.reason === 'session' ? Math.min(waitMs, NO_SESSION_FILLER_MS) : waitMs;
  }
}
