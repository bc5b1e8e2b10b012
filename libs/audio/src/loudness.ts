/** 0 dBFS is the root mean square of a full-scale square wave; a full-scale sine is -3 dBFS. */
const FULL_SCALE = 32_768;
/** Short enough to find where a sound begins. */
export const TRIM_WINDOW_MS = 5;
/** Longer than a period of the deepest voice, so that the gaps between its pulses do not count as silence. */
export const LEVEL_WINDOW_MS = 30;
/** Below this a window counts as silence: well under speech, above the noise of mu-law and of synthesis. */
export const SILENCE_DBFS = -50;
/** This far under the loudest window lies no speech, but breath and pauses: they do not count for the level. */
const PAUSE_DB = 30;

/** A stretch of a signal and its mean square. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly square: number;
}

export const fromDb = (db: number): number => 10 ** (db / 20);

const toDbfs = (square: number): number => 10 * Math.log10(square / (FULL_SCALE * FULL_SCALE));

const meanSquare = (pcm: Int16Array, from: number, to: number): number => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += pcm[i]! * pcm[i]!;
  return to > from ? sum / (to - from) : 0;
};

/** Root mean square level in dBFS; -Infinity for silence and for nothing at all. */
export const rmsDbfs = (pcm: Int16Array): number => toDbfs(meanSquare(pcm, 0, pcm.length));

/** Samples of one window. */
export const windowSamples = (sampleRate: number, windowMs: number): number =>
  Math.max(1, Math.round((sampleRate * windowMs) / 1000));

/** The signal in windows of this length; the last may be shorter. */
export const windowsOf = (pcm: Int16Array, sampleRate: number, windowMs: number): Window[] => {
  const size = windowSamples(sampleRate, windowMs);
  return Array.from({ length: Math.ceil(pcm.length / size) }, (_, index) => {
    const from = index * size;
    const to = Math.min(pcm.length, from + size);
    return { from, to, square: meanSquare(pcm, from, to) };
  });
};

export const isLoud = ({ square }: Pick<Window, 'square'>, thresholdDbfs = SILENCE_DBFS): boolean =>
  toDbfs(square) > thresholdDbfs;

/** The windows in which somebody speaks; none for silence. The same ones however loud the signal is. */
export const spokenWindows = <W extends Pick<Window, 'square'>>(windows: readonly W[]): W[] => {
  const loudest = windows.reduce((most, { square }) => Math.max(most, square), 0);
  if (!isLoud({ square: loudest })) return [];
  return windows.filter((window) => isLoud(window, toDbfs(loudest) - PAUSE_DB));
};

/** Root mean square level of these windows of a signal, in dBFS; -Infinity for none. */
export const levelOf = (pcm: Int16Array, windows: readonly Window[]): number =>
  meanLevel(windows.map(({ from, to }) => ({ from, to, square: meanSquare(pcm, from, to) })));

/** Of windows measured before. */
export const meanLevel = (windows: readonly Window[]): number => {
  let [sum, count] = [0, 0];
  for (const { from, to, square } of windows) {
    sum += square * (to - from);
    count += to - from;
  }
  return count > 0 ? toDbfs(sum / count) : -Infinity;
};
