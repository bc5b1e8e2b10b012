/** [of a business's profile] How long a caller may say nothing. */
export interface SilentCallerTimes {
  /** Then the caller is asked. */
  readonly askAfterMs: number;
  /** After the question, then the call ends. */
  readonly endAfterMs: number;
}

/**
 * A caller who says nothing (RT9). QUIET: nobody and nothing is active; after `askAfterMs` of it the caller is asked
 * → ASKED; after `endAfterMs` more of quiet the call is to end → DONE. Whatever is active (agent, tool, transfer)
 * holds the time; what the caller does, a word or a key, brings QUIET back from ASKED.
 */
export class SilentCaller {
  private quietSinceMs: number | null = null;
  private state: 'quiet' | 'asked' | 'done' = 'quiet';

  /** @param times null: nothing is ever due */
  constructor(private readonly times: SilentCallerTimes | null) {}

  /** The caller was heard: a word, a key. */
  callerActed(): void {
    this.quietSinceMs = null;
    if (this.state === 'asked') this.state = 'quiet';
  }

  /**
   * Called a few times a second.
   * @param isIdle neither caller, agent, tool nor transfer is active
   */
  beat(nowMs: number, isIdle: boolean): 'ask' | 'end' | null {
    if (!this.times || !isIdle) {
      this.quietSinceMs = null;
      return null;
    }
    this.quietSinceMs ??= nowMs;
    const quietMs = nowMs - this.quietSinceMs;
    if (this.state === 'quiet' && quietMs >= this.times.askAfterMs) {
      this.state = 'asked';
      this.quietSinceMs = null;
      return 'ask';
    }
    if (this.state === 'asked' && quietMs >= this.times.endAfterMs) {
      this.state = 'done';
      return 'end';
    }
    return null;
  }
}
