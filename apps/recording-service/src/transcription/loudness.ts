import { rmsDbfs } from '@frontdesk/audio';

/** Length of the windows in which loudness is measured. */
export const WINDOW_MS = 20;

/** No quieter sound is speech, and none louder is taken for noise, whatever the channel's noise is. */
const LEAST_THRESHOLD_DBFS = -50;
const MOST_THRESHOLD_DBFS = -38;
const ABOVE_NOISE_DB = 8;
/** So much of a channel is taken to be free of speech when its noise is estimated. */
const NOISE_SHARE = 0.2;
const SILENT_DBFS = -120;

/** Loudness of one channel, window by window: all that is kept of it while its turns are looked for. */
export class Loudness {
  readonly levels: number[] = [];
  private rest = new Int16Array(0);
  private readonly windowSize: number;

  constructor(readonly sampleRate: number) {
    this.windowSize = Math.max(1, Math.round((sampleRate * WINDOW_MS) / 1000));
  }

  push(samples: Int16Array): void {
    const all = this.rest.length === 0 ? samples : joined(this.rest, samples);
    let at = 0;
    for (; at + this.windowSize <= all.length; at += this.windowSize)
      this.levels.push(Math.max(SILENT_DBFS, rmsDbfs(all.subarray(at, at + this.windowSize))));
    this.rest = all.slice(at);
  }

  /** The last window may be a part of one. */
  end(): void {
    if (this.rest.length > 0) this.levels.push(Math.max(SILENT_DBFS, rmsDbfs(this.rest)));
    this.rest = new Int16Array(0);
  }

  /** Which windows are louder than the noise of this line. */
  sounding(): boolean[] {
    const sorted = Float32Array.from(this.levels).sort();
    const noise = sorted[Math.floor(sorted.length * NOISE_SHARE)] ?? SILENT_DBFS;
    const threshold = Math.min(MOST_THRESHOLD_DBFS, Math.max(LEAST_THRESHOLD_DBFS, noise + ABOVE_NOISE_DB));
    return this.levels.map((level) => level > threshold);
  }
}

const joined = (one: Int16Array, other: Int16Array): Int16Array => {
  const all = new Int16Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
};
