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

/** Sums over a time; whole ms, which take no memory of their own. */
interface TxCounts {
  framesSent: number;
  pacedFrames: number;
  pacedMs: number;
  maxGapMs: number;
  underruns: number;
}

const nothing = (): TxCounts => ({ framesSent: 0, pacedFrames: 0, pacedMs: 0, maxGapMs: 0, underruns: 0 });

/** Counts of what was sent, in whole numbers only: nothing is allocated for a frame. */
export class TxTelemetry {
  private framesSent = 0;
  private pacedFrames = 0;
  private pacedMs = 0;
  private maxGapMs = 0;
  private underruns = 0;
  private spurtStartedAt = -1;
  private spurtFrames = 0;
  private lastSendAt = -1;
  /** Of the whole stream, up to when `takeRecent` was called last. */
  private readonly before = nothing();

  /** A talk spurt is over: the time to the next send is no gap, and that one (the lead) is no rate. */
  spurtEnded(): void {
    this.endStretch();
    this.spurtStartedAt = -1;
    this.lastSendAt = -1;
  }

  underran(): void {
    this.underruns += 1;
  }

  /** @returns the gap before this send in whole ms, 0 for the first of a spurt */
  sent(frames: number, nowMs: number): number {
    const now = Math.floor(nowMs);
    this.framesSent += frames;
    const last = this.lastSendAt;
    this.lastSendAt = now;
    if (last < 0) return 0;
    const gapMs = now - last;
    if (gapMs > this.maxGapMs) this.maxGapMs = gapMs;
    // The rate is measured from the second send on: the first carries the lead.
    if (this.spurtStartedAt < 0) this.spurtStartedAt = now;
    else this.spurtFrames += frames;
    return gapMs;
  }

  /** Figures since the last call of this. */
  takeRecent(): TxFigures {
    const { before } = this;
    const recent = this.take();
    before.framesSent += recent.framesSent;
    before.pacedFrames += recent.pacedFrames;
    before.pacedMs += recent.pacedMs;
    before.maxGapMs = Math.max(before.maxGapMs, recent.maxGapMs);
    before.underruns += recent.underruns;
    return figuresOf(recent);
  }

  /** Figures of the whole stream; what `takeRecent` has not told by now, it tells no more. */
  total(): TxFigures {
    this.takeRecent();
    return figuresOf(this.before);
  }

  private take(): TxCounts {
    this.endStretch();
    const { framesSent, pacedFrames, pacedMs, maxGapMs, underruns } = this;
    this.framesSent = this.pacedFrames = this.pacedMs = this.maxGapMs = this.underruns = 0;
    return { framesSent, pacedFrames, pacedMs, maxGapMs, underruns };
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

const figuresOf = ({ framesSent, pacedFrames, pacedMs, maxGapMs, underruns }: TxCounts): TxFigures => ({
  framesSent,
  fps: pacedMs >= MIN_RATE_STRETCH_MS ? Math.round((pacedFrames / pacedMs) * 100_000) / 100 : null,
  maxGapMs,
  underruns,
});
