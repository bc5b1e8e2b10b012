import { FRAME_MS } from '@frontdesk/audio';

/**
 * When frames of a talk spurt are due. Twilio plays from the moment of the first frame, 20 ms a frame; after each send
 * it shall hold at least the lead. All from absolute times: late is made up for, early never happens.
 */
export class Pace {
  private baseMs = -Infinity;
  private sent = 0;

  constructor(private readonly leadMs: number) {}

  /** When Twilio will have played all that was sent; in the past when nothing was. */
  get playedOutAtMs(): number {
    return this.baseMs + this.sent * FRAME_MS;
  }

  /** True when Twilio has had nothing left to play. */
  isDry(nowMs: number): boolean {
    return nowMs > this.playedOutAtMs;
  }

  /** A spurt begins now: nothing is due from before. */
  rebase(nowMs: number): void {
    this.baseMs = nowMs;
    this.sent = 0;
  }

  /** Twilio was told to forget what it has not played. */
  cleared(): void {
    this.baseMs = -Infinity;
    this.sent = 0;
  }

  /** Frames to send now, so that the lead is whole again. */
  due(nowMs: number): number {
    return Math.max(0, Math.ceil((nowMs - this.baseMs + this.leadMs) / FRAME_MS) - this.sent);
  }

  didSend(frames: number): void {
    this.sent += frames;
  }
}
