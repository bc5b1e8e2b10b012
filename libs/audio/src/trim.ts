import { concat } from './concat';
import { isLoud, SILENCE_DBFS, TRIM_WINDOW_MS, windowSamples, windowsOf } from './loudness';

/** Silence left before the first sound, so that a soft consonant keeps its attack. */
const KEEP_LEAD_MS = 10;
/** Silence left after the last sound, for the decay of the last syllable. */
const KEEP_TAIL_MS = 60;

export interface TrimOptions {
  thresholdDbfs?: number;
  keepLeadMs?: number;
  keepTailMs?: number;
}

/** Without the silence around the sound (GR2); all silence gives nothing. Shares memory with the input. */
export const trimSilence = (pcm: Int16Array, sampleRate: number, options: TrimOptions = {}): Int16Array => {
  const { thresholdDbfs = SILENCE_DBFS, keepLeadMs = KEEP_LEAD_MS, keepTailMs = KEEP_TAIL_MS } = options;
  const loud = windowsOf(pcm, sampleRate, TRIM_WINDOW_MS).filter((window) => isLoud(window, thresholdDbfs));
  const first = loud[0];
  const last = loud.at(-1);
  if (!first || !last) return pcm.subarray(0, 0);
  const samples = (ms: number): number => Math.round((sampleRate * ms) / 1000);
  return pcm.subarray(
    Math.max(0, first.from - samples(keepLeadMs)),
    Math.min(pcm.length, last.to + samples(keepTailMs)),
  );
};

/**
 * {@link trimSilence} for a stream: whatever may turn out to be the silence at the end waits until a sound follows. Gives
 * the same as `trimSilence` of the whole, however the input is cut.
 */
export class TrimmedStream {
  private readonly window: number;
  private held: Int16Array = new Int16Array(0);
  /** Samples at the beginning of `held` that are looked at already: silence. */
  private silent = 0;
  private hasSound = false;

  constructor(private readonly sampleRate: number) {
    this.window = windowSamples(sampleRate, TRIM_WINDOW_MS);
  }

  process(pcm: Int16Array): Int16Array {
    this.held = concat([this.held, pcm]);
    const whole = this.held.length - ((this.held.length - this.silent) % this.window);
    return this.release(whole);
  }

  /** The rest, without the silence at the end. */
  flush(): Int16Array {
    const sound = this.release(this.held.length);
    const tail = this.hasSound ? this.held.subarray(0, this.samples(KEEP_TAIL_MS)) : this.held.subarray(0, 0);
    return concat([sound, tail]);
  }

  /** Lets out everything up to the end of the last sound before `until`, which lies on a window's border or at the end. */
  private release(until: number): Int16Array {
    const looked = this.held.subarray(this.silent, until);
    const loud = windowsOf(looked, this.sampleRate, TRIM_WINDOW_MS).filter((window) => isLoud(window));
    const [first, last] = [loud[0], loud.at(-1)];
    if (!first || !last) {
      this.silent = until;
      if (!this.hasSound) this.forgetEarlySilence();
      return this.held.subarray(0, 0);
    }
    const from = this.hasSound ? 0 : Math.max(0, this.silent + first.from - this.samples(KEEP_LEAD_MS));
    const to = this.silent + last.to;
    const out = this.held.slice(from, to);
    this.hasSound = true;
    this.held = this.held.slice(to);
    this.silent = until - to;
    return out;
  }

  /** Before the first sound only the lead is kept: a provider that sends minutes of silence fills nothing. */
  private forgetEarlySilence(): void {
    const surplus = this.silent - this.samples(KEEP_LEAD_MS);
    if (surplus <= 0) return;
    this.held = this.held.slice(surplus);
    this.silent -= surplus;
  }

  private samples(ms: number): number {
    return Math.round((this.sampleRate * ms) / 1000);
  }
}
