import { FRAME_BYTES, MULAW_SILENCE } from './constants';

/** Mu-law made up to whole 20 ms frames: the last partial one is filled with silence, not cut off (GR2). */
export const framesOf = (mulaw: Uint8Array): Buffer => {
  const frames = Buffer.alloc(Math.ceil(mulaw.length / FRAME_BYTES) * FRAME_BYTES, MULAW_SILENCE);
  frames.set(mulaw);
  return frames;
};

/** {@link framesOf} for a stream: what makes no whole frame yet waits for more. */
export class FramedStream {
  private rest = Buffer.alloc(0);

  /** Whole frames only; may be empty. */
  process(mulaw: Uint8Array): Buffer {
    const all = Buffer.concat([this.rest, mulaw]);
    const whole = all.length - (all.length % FRAME_BYTES);
    this.rest = all.subarray(whole);
    return all.subarray(0, whole);
  }

  flush(): Buffer {
    const last = framesOf(this.rest);
    this.rest = Buffer.alloc(0);
    return last;
  }
}
