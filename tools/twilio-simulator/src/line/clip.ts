import { FRAME_BYTES, framesOf } from '@frontdesk/audio';
import type { PlaybackSource } from './line';

/** Audio known from the beginning (a prompt, a beep), played frame by frame; `finished` resolves when it has played. */
export class Clip implements PlaybackSource {
  readonly finished: Promise<void>;
  private resolveFinished!: () => void;
  private readonly frames: Buffer;
  private offset = 0;
  private roundsLeft: number;

  constructor(mulaw: Uint8Array, rounds = 1) {
    this.frames = framesOf(mulaw);
    this.roundsLeft = this.frames.length === 0 ? 0 : rounds;
    this.finished = new Promise((resolve) => (this.resolveFinished = resolve));
  }

  nextFrame(): Buffer | null {
    if (this.offset >= this.frames.length) {
      this.offset = 0;
      this.roundsLeft -= 1;
    }
    if (this.roundsLeft <= 0) {
      this.resolveFinished();
      return null;
    }
    const frame = this.frames.subarray(this.offset, this.offset + FRAME_BYTES);
    this.offset += FRAME_BYTES;
    return frame;
  }
}
