/** Time as a port, so that what waits can be tested without waiting. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds, with fractions. */
  monotonicMs(): number;
  setTimer(callback: () => void, delayMs: number): Timer;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer(callback, delayMs) {
    const handle = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(handle) };
  },
};

/** A clock that moves only when told to: timers fire in order as `advance` passes them. */
export class ManualClock implements Clock {
  private elapsedMs = 0;
  private timers: { at: number; callback: () => void }[] = [];

  constructor(private readonly epochMs = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.epochMs + this.elapsedMs;
  }

  monotonicMs(): number {
    return this.elapsedMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { at: this.elapsedMs + delayMs, callback };
    this.timers.push(timer);
    return { cancel: () => (this.timers = this.timers.filter((other) => other !== timer)) };
  }

  /** Moves time forward, firing each timer at its own moment. */
  advance(ms: number): void {
    const target = this.elapsedMs + ms;
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= target).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.elapsedMs = Math.max(this.elapsedMs, next.at);
      next.callback();
    }
    this.elapsedMs = target;
  }

  get pendingTimers(): number {
    return this.timers.length;
  }
}
