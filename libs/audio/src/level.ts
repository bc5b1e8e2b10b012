import { Limiter } from './limiter';
import { fromDb, LEVEL_WINDOW_MS, levelOf, spokenWindows, windowsOf } from './loudness';

/** No more than this is added: a recording of nothing must not become a recording of loud noise. */
export const MAX_GAIN_DB = 30;
/** No peak is turned down by more: beyond it a voice begins to sound pressed, and a click would become the voice. */
const MAX_LIMITING_DB = 12;
/** Limiting takes some of the level away, so gain is added again, as often as it helps. */
const MAX_ROUNDS = 6;
const CLOSE_ENOUGH_DB = 0.1;

export interface LevelOptions {
  /** Root mean square of the parts that are not silence. */
  targetDbfs?: number;
  /** No sample exceeds this, whatever it costs the target. */
  peakDbfs?: number;
}

/**
 * Speech at the target level with its peaks under the limit (GR2): one gain for the whole, and a limiter for the peaks of
 * a voice that has more of them than lie between target and limit. Silence stays as it is.
 */
export const normalizeLevel = (
  pcm: Int16Array,
  sampleRate: number,
  options: LevelOptions = {},
): Int16Array => {
  const { targetDbfs = -20, peakDbfs = -3 } = options;
  const spoken = spokenWindows(windowsOf(pcm, sampleRate, LEVEL_WINDOW_MS));
  if (spoken.length === 0) return pcm;
  const peak = pcm.reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
  const most = Math.min(fromDb(MAX_GAIN_DB), (32_768 * fromDb(peakDbfs + MAX_LIMITING_DB)) / peak);
  let gain = Math.min(most, fromDb(targetDbfs - levelOf(pcm, spoken)));
  let levelled = limited(pcm, gain, { sampleRate, peakDbfs });
  for (let round = 1; round < MAX_ROUNDS && gain < most; round++) {
    const missingDb = targetDbfs - levelOf(levelled, spoken);
    if (missingDb < CLOSE_ENOUGH_DB) break;
    gain = Math.min(most, gain * fromDb(missingDb));
    levelled = limited(pcm, gain, { sampleRate, peakDbfs });
  }
  return levelled;
};

const limited = (
  pcm: Int16Array,
  gain: number,
  options: { sampleRate: number; peakDbfs: number },
): Int16Array => {
  const limiter = new Limiter(options);
  const levelled = new Int16Array(pcm.length);
  const head = limiter.process(pcm, gain);
  levelled.set(head);
  levelled.set(limiter.flush(), head.length);
  return levelled;
};
