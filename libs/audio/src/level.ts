/** 0 dBFS is the root mean square of a full-scale square wave; a full-scale sine is -3 dBFS. */
const FULL_SCALE = 32_768;
const WINDOW_MS = 5;
/** Below this a 5 ms window counts as silence: well under speech, above the noise of mu-law and of synthesis. */
const SILENCE_DBFS = -50;
/** No more than this is added: a recording of nothing must not become a recording of loud noise. */
const MAX_GAIN_DB = 30;

const meanSquare = (pcm: Int16Array, from: number, to: number): number => {
  let sum = 0;
  for (let i = from; i < to; i++) sum += pcm[i]! * pcm[i]!;
  return to > from ? sum / (to - from) : 0;
};

const toDbfs = (square: number): number => 10 * Math.log10(square / (FULL_SCALE * FULL_SCALE));
const fromDb = (db: number): number => 10 ** (db / 20);

/** Root mean square level in dBFS; -Infinity for silence and for nothing at all. */
export const rmsDbfs = (pcm: Int16Array): number => toDbfs(meanSquare(pcm, 0, pcm.length));

const windowsOf = (pcm: Int16Array, sampleRate: number): { from: number; to: number; square: number }[] => {
  const size = Math.max(1, Math.round((sampleRate * WINDOW_MS) / 1000));
  return Array.from({ length: Math.ceil(pcm.length / size) }, (_, index) => {
    const from = index * size;
    const to = Math.min(pcm.length, from + size);
    return { from, to, square: meanSquare(pcm, from, to) };
  });
};

export interface TrimOptions {
  thresholdDbfs?: number;
  /** Silence left before the first sound, so that a soft consonant keeps its attack. */
  keepLeadMs?: number;
  /** Silence left after the last sound, for the decay of the last syllable. */
  keepTailMs?: number;
}

/** Without the silence around the sound (GR2); all silence gives nothing. Shares memory with the input. */
export const trimSilence = (pcm: Int16Array, sampleRate: number, options: TrimOptions = {}): Int16Array => {
  const { thresholdDbfs = SILENCE_DBFS, keepLeadMs = 10, keepTailMs = 60 } = options;
  const loud = windowsOf(pcm, sampleRate).filter((window) => toDbfs(window.square) > thresholdDbfs);
  const first = loud[0];
  const last = loud.at(-1);
  if (!first || !last) return pcm.subarray(0, 0);
  const samples = (ms: number): number => Math.round((sampleRate * ms) / 1000);
  return pcm.subarray(
    Math.max(0, first.from - samples(keepLeadMs)),
    Math.min(pcm.length, last.to + samples(keepTailMs)),
  );
};

export interface LevelOptions {
  /** Root mean square of the parts that are not silence. */
  targetDbfs?: number;
  /** No sample exceeds this, whatever it costs the target. */
  peakDbfs?: number;
}

/** One gain for the whole, so that speech lies at the target level and its peaks under the limit. Silence stays as it is. */
export const normalizeLevel = (
  pcm: Int16Array,
  sampleRate: number,
  options: LevelOptions = {},
): Int16Array => {
  const { targetDbfs = -20, peakDbfs = -3 } = options;
  const loud = windowsOf(pcm, sampleRate).filter((window) => toDbfs(window.square) > SILENCE_DBFS);
  if (loud.length === 0) return pcm;
  const total = loud.reduce((sum, { from, to, square }) => sum + square * (to - from), 0);
  const count = loud.reduce((sum, { from, to }) => sum + to - from, 0);
  const peak = pcm.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
  const gain = Math.min(
    fromDb(Math.min(MAX_GAIN_DB, targetDbfs - toDbfs(total / count))),
    (fromDb(peakDbfs) * FULL_SCALE) / peak,
  );
  // Towards zero, so that rounding cannot lift a peak over the limit.
  return pcm.map((sample) => Math.trunc(sample * gain));
};
