import { FRAME_BYTES, MULAW_SILENCE } from './constants';

/** Mu-law made up to whole 20 ms frames: the last partial one is filled with silence, not cut off (GR2). */
export const framesOf = (mulaw: Uint8Array): Buffer => {
  const frames = Buffer.alloc(Math.ceil(mulaw.length / FRAME_BYTES) * FRAME_BYTES, MULAW_SILENCE);
  frames.set(mulaw);
  return frames;
};
