import { designLowPass } from './low-pass';

/** Width of the transition band and its middle, as shares of the lower of the two rates: 3.4 to 4.2 kHz at 8 kHz. */
const TRANSITION_SHARE = 0.1;
const CUTOFF_SHARE = 0.475;

interface Polyphase {
  readonly up: number;
  readonly down: number;
  /** One row a phase; row[t] weighs input sample `base - reach + t`. */
  readonly rows: readonly Float64Array[];
  readonly reach: number;
}

const cache = new Map<string, Polyphase>();

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

const polyphase = (fromHz: number, toHz: number): Polyphase => {
  const key = `${fromHz}>${toHz}`;
  const known = cache.get(key);
  if (known) return known;
  const divisor = gcd(fromHz, toHz);
  const up = toHz / divisor;
  const down = fromHz / divisor;
  const lower = Math.min(fromHz, toHz);
  const innerHz = fromHz * up;
  const filter = designLowPass((CUTOFF_SHARE * lower) / innerHz, (TRANSITION_SHARE * lower) / innerHz);
  const half = (filter.length - 1) / 2;
  const reach = Math.ceil(half / up) + 1;
  const rows = Array.from({ length: up }, (_, phase) => {
    const row = new Float64Array(2 * reach + 1);
    for (let t = 0; t < row.length; t++) row[t] = filter[half + phase - (t - reach) * up] ?? 0;
    const sum = row.reduce((total, weight) => total + weight, 0);
    return row.map((weight) => weight / sum); // unity gain at DC in every phase
  });
  const built = { up, down, rows, reach };
  cache.set(key, built);
  return built;
};

/**
 * Changes the sample rate of a stream of 16-bit samples, band-limited (Kaiser-windowed sinc, polyphase), with its
 * state kept between pieces: any cutting of the input gives the same output. Output sample k is the input at time
 * k / toHz: the filter's delay is made up for by holding back about 3 ms until `flush`.
 */
export class Resampler {
  private readonly filter: Polyphase;
  /** Input samples still needed; the first of them is sample `firstIndex` of the stream. */
  private pending: Int16Array;
  private firstIndex: number;
  private received = 0;
  private produced = 0;

  constructor(
    readonly fromHz: number,
    readonly toHz: number,
  ) {
    for (const hz of [fromHz, toHz])
      if (!Number.isInteger(hz) || hz < 1000 || hz > 192_000)
        throw new RangeError(`sample rate must be a whole number from 1000 to 192000 Hz, got ${hz}`);
    this.filter = polyphase(fromHz, toHz);
    this.pending = new Int16Array(this.filter.reach);
    this.firstIndex = -this.filter.reach;
  }

  process(pcm: Int16Array): Int16Array {
    this.received += pcm.length;
    return this.run(pcm, Number.POSITIVE_INFINITY);
  }

  /** The rest of the output, as if silence followed; the stream has then ceil(received * toHz / fromHz) samples. Starts anew. */
  flush(): Int16Array {
    const total = Math.ceil((this.received * this.filter.up) / this.filter.down);
    const tail = this.run(new Int16Array(this.filter.reach + 1), total);
    this.pending = new Int16Array(this.filter.reach);
    this.firstIndex = -this.filter.reach;
    this.received = 0;
    this.produced = 0;
    return tail;
  }

  private run(pcm: Int16Array, limit: number): Int16Array {
    const { up, down, rows, reach } = this.filter;
    const input = new Int16Array(this.pending.length + pcm.length);
    input.set(this.pending);
    input.set(pcm, this.pending.length);
    const lastIndex = this.firstIndex + input.length - 1;
    const ready = Math.floor(((lastIndex - reach + 1) * up - 1) / down) + 1;
    const output = new Int16Array(Math.max(0, Math.min(limit, ready) - this.produced));
    for (let k = 0; k < output.length; k++) {
      const inner = (this.produced + k) * down;
      const base = Math.floor(inner / up);
      const row = rows[inner % up]!;
      const start = base - reach - this.firstIndex;
      let sum = 0;
      for (let t = 0; t < row.length; t++) sum += row[t]! * input[start + t]!;
      output[k] = Math.max(-32_768, Math.min(32_767, Math.round(sum)));
    }
    this.produced += output.length;
    const keepFrom = Math.floor((this.produced * down) / up) - reach;
    const dropped = Math.min(input.length, Math.max(0, keepFrom - this.firstIndex));
    this.pending = input.slice(dropped);
    this.firstIndex += dropped;
    return output;
  }
}

/** A whole recording at once. */
export const resample = (pcm: Int16Array, fromHz: number, toHz: number): Int16Array => {
  if (fromHz === toHz) return pcm;
  const resampler = new Resampler(fromHz, toHz);
  const head = resampler.process(pcm);
  const tail = resampler.flush();
  const whole = new Int16Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
};
