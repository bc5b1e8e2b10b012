/** How far the limiter looks ahead: its gain is down before the peak comes, so that no peak is clipped. */
const LOOK_AHEAD_MS = 5;
/** How slowly the gain comes back after a peak: fast enough to keep words even, slow enough not to follow the voice's own pitch. */
const RELEASE_MS = 60;
const FULL_SCALE = 32_768;

export interface LimiterOptions {
  readonly sampleRate: number;
  /** No sample of the output exceeds this. */
  readonly peakDbfs: number;
}

/**
 * Turns peaks down before they come (look-ahead of 5 ms) instead of cutting them off. A stream: any cutting of the input
 * gives the same output, and `flush` gives the last 5 ms. Gain and limit work together: samples are multiplied by the gain
 * given with them first.
 */
export class Limiter {
  private readonly reach: number;
  private readonly ceiling: number;
  private readonly release: number;
  /** The samples not yet out, amplified, and the gain each of them needs; rings of `reach`. */
  private readonly held: Float64Array;
  private readonly needed: Float64Array;
  /** The released gain of the last `reach` samples, whose mean is the gain applied: without a step, and never too much. */
  private readonly released: Float64Array;
  private releasedSum: number;
  private lastReleased = 1;
  private count = 0;

  constructor({ sampleRate, peakDbfs }: LimiterOptions) {
    this.reach = Math.max(1, Math.round((sampleRate * LOOK_AHEAD_MS) / 1000));
    this.ceiling = Math.floor(FULL_SCALE * 10 ** (peakDbfs / 20));
    this.release = 1 - Math.exp(-1000 / (RELEASE_MS * sampleRate));
    this.held = new Float64Array(this.reach);
    this.needed = new Float64Array(this.reach).fill(1);
    this.released = new Float64Array(this.reach).fill(1);
    this.releasedSum = this.reach;
  }

  /** @param gain applied to these samples before the limit */
  process(pcm: Int16Array, gain = 1): Int16Array {
    const output = new Int16Array(
      Math.max(0, this.count + pcm.length - this.reach) - Math.max(0, this.count - this.reach),
    );
    let at = 0;
    for (let i = 0; i < pcm.length; i++) {
      const out = this.push(pcm[i]! * gain);
      if (this.count > this.reach) output[at++] = out;
    }
    return output;
  }

  /** What is still held. The limiter then starts anew. */
  flush(): Int16Array {
    const output = new Int16Array(Math.min(this.count, this.reach));
    const skip = this.reach - output.length;
    for (let i = 0; i < this.reach; i++) {
      const out = this.push(0);
      if (i >= skip) output[i - skip] = out;
    }
    this.held.fill(0);
    this.needed.fill(1);
    this.released.fill(1);
    this.releasedSum = this.reach;
    this.lastReleased = 1;
    this.count = 0;
    return output;
  }

  /** Takes one sample in and gives the one of `reach` samples ago out. */
  private push(sample: number): number {
    const slot = this.count++ % this.reach;
    const out = this.held[slot]!;
    const magnitude = Math.abs(sample);
    this.held[slot] = sample;
    this.needed[slot] = magnitude > this.ceiling ? this.ceiling / magnitude : 1;
    // The gain that all samples held need, and the one now leaving: `released` lags by as much as the mean smooths.
    let least = 1;
    for (let i = 0; i < this.reach; i++) if (this.needed[i]! < least) least = this.needed[i]!;
    const recovered = this.lastReleased + (1 - this.lastReleased) * this.release;
    this.lastReleased = Math.min(least, recovered);
    const gain = this.releasedSum / this.reach;
    this.releasedSum += this.lastReleased - this.released[slot]!;
    this.released[slot] = this.lastReleased;
    // Towards zero, so that rounding cannot lift a peak over the limit.
    return Math.trunc(Math.max(-this.ceiling, Math.min(this.ceiling, out * gain)));
  }
}
