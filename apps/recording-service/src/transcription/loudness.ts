import { rmsDbfs } from '@frontdesk/audio';
import { LevelHistogram, SILENT_DBFS, thresholdOf } from './speech-threshold';

/** Length of the windows in which loudness is measured. */
export const WINDOW_MS = 20;

/** Noise is told from what is this near on either side: a caller walks from a room into a street. */
const AROUND_WINDOWS = 15_000 / WINDOW_MS;
/** How often it is told anew. */
const STRIDE_WINDOWS = 1000 / WINDOW_MS;

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

  /** Which windows are louder than the noise of this line at that time. */
  sounding(): boolean[] {
    const { levels } = this;
    const around = new LevelHistogram();
    let [from, to] = [0, 0];
    let threshold = 0;
    return levels.map((level, at) => {
      if (at % STRIDE_WINDOWS === 0) {
        while (to < Math.min(levels.length, at + AROUND_WINDOWS)) around.add(levels[to++]!);
        while (from < at - AROUND_WINDOWS) around.remove(levels[from++]!);
        threshold = thresholdOf(around);
      }
      return level > threshold;
    });
  }
}

const joined = (one: Int16Array, other: Int16Array): Int16Array => {
  const all = new Int16Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
};
