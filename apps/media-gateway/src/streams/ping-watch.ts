/** Pings are sent every 5 s. A step counts for no more than this: a process that slept must not blame the other side. */
const MAX_STEP_MS = 6000;

/** For how long the other end of a WebSocket has left our pings unanswered, as far as this process was there to ask. */
export class PingWatch {
  private lastPingAtMs: number | null = null;
  private accruedMs = 0;
  /** Whether any ping was ever answered. */
  hasPonged = false;

  /** A ping goes out. */
  pinged(nowMs: number): void {
    if (this.lastPingAtMs !== null) this.accruedMs += Math.min(nowMs - this.lastPingAtMs, MAX_STEP_MS);
    this.lastPingAtMs = nowMs;
  }

  /** An answer came: everything before is answered. */
  ponged(): void {
    this.lastPingAtMs = null;
    this.accruedMs = 0;
    this.hasPonged = true;
  }

  /** Grows with each ping that follows an unanswered one. */
  get unansweredMs(): number {
    return this.accruedMs;
  }
}
