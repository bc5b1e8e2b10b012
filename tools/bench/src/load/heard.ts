import { FRAME_MS } from './frame-stamp';

/** What Twilio was given of one thing the agent said. */
export class Heard {
  receivedFrames = 0;
  firstArrivalMs: number | null = null;
  lastArrivalMs = 0;
  /** When the last of it that arrived has been played. */
  playedOutAtMs = 0;
  /** For the rate: from the second message on, because the first carries the lead. */
  private rateFromMs = 0;
  private messages = 0;
  rateFrames = 0;

  constructor(
    readonly slot: number,
    readonly totalFrames: number,
  ) {}

  arrived(nowMs: number, frames: number, playedOutAtMs: number): void {
    this.messages += 1;
    if (this.messages === 2) this.rateFromMs = nowMs;
    if (this.messages > 2) this.rateFrames += frames;
    this.firstArrivalMs ??= nowMs;
    this.lastArrivalMs = nowMs;
    this.receivedFrames += frames;
    this.playedOutAtMs = playedOutAtMs;
  }

  /** The time in which `rateFrames` came. */
  get rateMs(): number {
    return this.rateFrames === 0 ? 0 : this.lastArrivalMs - this.rateFromMs;
  }

  get isWhole(): boolean {
    return this.receivedFrames >= this.totalFrames;
  }

  get receivedMs(): number {
    return this.receivedFrames * FRAME_MS;
  }
}
