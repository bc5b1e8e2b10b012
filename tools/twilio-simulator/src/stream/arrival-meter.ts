import { FRAME_BYTES } from '@frontdesk/audio';
import { SPURT_HANGOVER_MS } from '../line/hearing';

/** A sender that keeps a lead sends it as a burst at first; the rate is measured after that. */
const LEAD_IN_MS = 300;

/** How the server's media arrived, spurt by spurt. */
export interface ArrivalFigures {
  /** In frames of 20 ms, however they were cut. */
  readonly framesReceived: number;
  readonly startToFirstMediaMs: number | null;
  /** Frames a second within spurts, after each spurt's first burst; null when there was too little to tell. */
  readonly fpsWithinSpurts: number | null;
  readonly maxGapMs: number;
  /** Messages that carried more or less than one frame. */
  readonly oddSizedMessages: number;
}

/** Measures arrivals; a spurt ends when playing has been dry for 300 ms. */
export class ArrivalMeter {
  private bytes = 0;
  private oddSized = 0;
  private firstAtMs: number | undefined;
  private lastAtMs = 0;
  private maxGapMs = 0;
  private spurtStartedAtMs = 0;
  private anchorAtMs: number | undefined;
  private steadyBytes = 0;
  private steadyMs = 0;
  private spurtBytes = 0;

  /** @param startedAtMs monotonic milliseconds at which `start` was sent */
  constructor(private readonly startedAtMs: number) {}

  /** @param dryMs how long nothing had been playing when this arrived */
  arrived(bytes: number, atMs: number, dryMs: number): void {
    if (this.firstAtMs === undefined || dryMs > SPURT_HANGOVER_MS) this.beginSpurt(atMs);
    else this.maxGapMs = Math.max(this.maxGapMs, atMs - this.lastAtMs);
    this.firstAtMs ??= atMs;
    this.lastAtMs = atMs;
    this.bytes += bytes;
    if (bytes !== FRAME_BYTES) this.oddSized += 1;
    if (this.anchorAtMs !== undefined) {
      this.spurtBytes += bytes;
    } else if (atMs - this.spurtStartedAtMs >= LEAD_IN_MS) {
      this.anchorAtMs = atMs;
    }
  }

  figures(): ArrivalFigures {
    const openMs = this.anchorAtMs === undefined ? 0 : this.lastAtMs - this.anchorAtMs;
    const ms = this.steadyMs + openMs;
    const bytes = this.steadyBytes + this.spurtBytes;
    return {
      framesReceived: Math.round((this.bytes / FRAME_BYTES) * 100) / 100,
      startToFirstMediaMs:
        this.firstAtMs === undefined ? null : Math.round(this.firstAtMs - this.startedAtMs),
      fpsWithinSpurts: ms < 500 ? null : Math.round(((bytes / FRAME_BYTES) * 1000 * 100) / ms) / 100,
      maxGapMs: Math.round(this.maxGapMs),
      oddSizedMessages: this.oddSized,
    };
  }

  private beginSpurt(atMs: number): void {
    if (this.anchorAtMs !== undefined) {
      this.steadyMs += this.lastAtMs - this.anchorAtMs;
      this.steadyBytes += this.spurtBytes;
    }
    this.anchorAtMs = undefined;
    this.spurtBytes = 0;
    this.spurtStartedAtMs = atMs;
  }
}
