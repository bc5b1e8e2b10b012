import { Goertzel } from './goertzel';

const SAMPLE_RATE = 8000;
const FRAME = 160;
const ROWS = [697, 770, 852, 941].map((hz) => new Goertzel(hz, SAMPLE_RATE));
const COLUMNS = [1209, 1336, 1477, 1633].map((hz) => new Goertzel(hz, SAMPLE_RATE));
const KEYS = ['123A', '456B', '789C', '*0#D'];

/** A digit holds for 60 ms at least: the tone code of speech never keeps two of these tones that long. */
const FRAMES_OF_A_DIGIT = 3;
/** Both tones together are nearly all of the energy, and each is a fair part of it. */
const SHARE_OF_BOTH = 0.8;
const SHARE_OF_EACH = 0.2;
/** RMS below which nothing is heard. */
const LEAST_RMS = 300;

/** Reads telephone keys in audio, 20 ms at a time. */
export class DtmfDecoder {
  private candidate: string | null = null;
  private frames = 0;

  /** Takes 160 samples; returns the digit that is now certain, once for each time it was pressed. */
  push(samples: Int16Array): string | null {
    const key = keyIn(samples);
    if (key !== this.candidate) {
      this.candidate = key;
      this.frames = 0;
    }
    this.frames += 1;
    return key !== null && this.frames === FRAMES_OF_A_DIGIT ? key : null;
  }
}

const keyIn = (samples: Int16Array): string | null => {
  let energy = 0;
  for (let i = 0; i < FRAME; i++) energy += samples[i]! * samples[i]!;
  if (Math.sqrt(energy / FRAME) < LEAST_RMS) return null;
  const [row, rowPower] = strongest(ROWS, samples);
  const [column, columnPower] = strongest(COLUMNS, samples);
  // The power of a tone of amplitude a over n samples is n² a² / 4, its energy n a² / 2.
  const share = (power: number): number => (2 * power) / FRAME / energy;
  if (share(rowPower) < SHARE_OF_EACH || share(columnPower) < SHARE_OF_EACH) return null;
  return share(rowPower) + share(columnPower) < SHARE_OF_BOTH ? null : KEYS[row]![column]!;
};

const strongest = (tones: readonly Goertzel[], samples: Int16Array): [number, number] => {
  let [best, power] = [0, -1];
  tones.forEach((tone, index) => {
    const measured = tone.power(samples, 0, FRAME);
    if (measured > power) [best, power] = [index, measured];
  });
  return [best, power];
};
