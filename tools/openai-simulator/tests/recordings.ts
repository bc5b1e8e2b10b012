import { encodeMulaw, writeMulawWav } from '@frontdesk/audio';

/** Samples at 8 kHz. */
export const silence = (ms: number): number[] => new Array<number>(ms * 8).fill(0);

/** A WAV as the telephone records it: mu-law, 8 kHz, channels padded to the longest. */
export const mulawWav = (channels: readonly (readonly number[])[]): Buffer => {
  const length = Math.max(...channels.map((samples) => samples.length));
  const padded = channels.map((samples) => {
    const pcm = new Int16Array(length);
    pcm.set(samples);
    return encodeMulaw(pcm);
  });
  return writeMulawWav(padded);
};
