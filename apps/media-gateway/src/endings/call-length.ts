/** The end is announced this long ahead; for a short limit, half of it. */
const ANNOUNCE_AHEAD_MS = 60_000;
/** Announcement and end wait so long for a pause of both sides. */
const PATIENCE_MS = 15_000;

/**
 * The longest a call may take [MAX_CALL_MS], over all its streams. RUNNING → ANNOUNCED (the agent says that the call
 * has to end) → DONE (the agent says goodbye, and the call ends). Each waits for a moment when nobody speaks, within a
 * bound. A call taken up again in its last minute is announced at once, and then has 45 s at least.
 */
export class CallLength {
  private state: 'running' | 'announced' | 'done' = 'running';
  private readonly aheadMs: number;
  private endAtMs: number;

  /** Times as `nowMs` of {@link beat}. */
  constructor(startedAtMs: number, maxMs: number) {
    this.aheadMs = Math.min(ANNOUNCE_AHEAD_MS, maxMs / 2);
    this.endAtMs = startedAtMs + maxMs;
  }

  /**
   * Called a few times a second.
   * @param isIdle neither side is speaking or about to
   */
  beat(nowMs: number, isIdle: boolean): 'announce' | 'end' | null {
    if (this.state === 'running' && isDue(nowMs, this.endAtMs - this.aheadMs, isIdle)) {
      this.state = 'announced';
      this.endAtMs = Math.max(this.endAtMs, nowMs + this.aheadMs - PATIENCE_MS);
      return 'announce';
    }
    if (this.state === 'announced' && isDue(nowMs, this.endAtMs, isIdle)) {
      this.state = 'done';
      return 'end';
    }
    return null;
  }
}

const isDue = (nowMs: number, atMs: number, isIdle: boolean): boolean =>
  nowMs >= atMs && (isIdle || nowMs >= atMs + PATIENCE_MS);
