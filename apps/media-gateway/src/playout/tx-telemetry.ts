import { FRAME_MS } from '@frontdesk/audio';

/** A stretch shorter than this says nothing about frames per second. */
const MIN_RATE_STRETCH_MS = 400;

export interface TxFigures {
  framesSent: number;
  /** Within talk spurts, after the lead was built up; null when no stretch was long enough. */
  fps: number | null;
  /** Largest time between two sends of one spurt. */
  maxGapMs: number;
  underruns: number;
}

/** Counts of what was sent, in numbers only: nothing is allocated for a frame. */
export class TxTelemetry {
  private framesSent = 0;
  private pacedFrames = 0;
  private pacedMs = 0;
  private maxGapMs = 0;
  private underruns = 0;
  private spurtStartedAt = -1;
  private spurtFrames = 0;
  private lastSendAt = -1;

  /** A talk spurt is over: the time to the next send is no gap, and that one (the lead) is no rate. */
  spurtEnded(): void {
    this.endStretch();
    this.spurtStartedAt = -1;
    this.lastSendAt = -1;
  }

  underran(): void {
    this.underruns += 1;
  }

  /** @returns the gap before this send in ms, 0 for the first of a spurt */
  sent(frames: number, nowMs: number): number {
    this.framesSent += frames;
    if (this.lastSendAt < 0) {
      this.lastSendAt = nowMs;
      return 0;
    }
    const gapMs = nowMs - this.lastSendAt;
    this.lastSendAt = nowMs;
    if (gapMs > this.maxGapMs) this.maxGapMs = gapMs;
    // The rate is measured from the second send on: the first carries the lead.
    if (this.spurtStartedAt < 0) this.spurtStartedAt = nowMs;
    else this.spurtFrames += frames;
    return gapMs;
  }

  /** Figures since the last call of this; then counts anew. */
  take(): TxFigures {
    this.endStretch();
    const { framesSent, maxGapMs, underruns } = this;
    const fps =
      this.pacedMs >= MIN_RATE_STRETCH_MS
        ? Math.round((this.pacedFrames / this.pacedMs) * 100_000) / 100
        : null;
    this.framesSent = this.pacedFrames = this.pacedMs = this.maxGapMs = this.underruns = 0;
    return { framesSent, fps, maxGapMs: Math.round(maxGapMs), underruns };
  }

  private endStretch(): void {
    if (this.spurtStartedAt >= 0 && this.spurtFrames > 0) {
      // Whole periods only: a stretch may end in the middle of one when a stall was caught up.
      this.pacedMs += Math.max(this.lastSendAt - this.spurtStartedAt, FRAME_MS);
      this.pacedFrames += this.spurtFrames;
    }
    if (this.spurtStartedAt >= 0) this.spurtStartedAt = this.lastSendAt;
    this.spurtFrames = 0;
  }
}
