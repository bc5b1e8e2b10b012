/** Counts of times in fixed steps: adding is one increment, and nothing is kept of a single value but the largest. */
export class Histogram {
  private readonly counts: Uint32Array;
  private total = 0;
  private largest = 0;

  constructor(
    private readonly stepMs = 0.1,
    limitMs = 5000,
  ) {
    this.counts = new Uint32Array(Math.ceil(limitMs / stepMs) + 1);
  }

  add(ms: number): void {
    const index = Math.min(this.counts.length - 1, Math.max(0, Math.floor(ms / this.stepMs)));
    this.counts[index]! += 1;
    this.total += 1;
    if (ms > this.largest) this.largest = ms;
  }

  get count(): number {
    return this.total;
  }

  /** Null when nothing was added. */
  get max(): number | null {
    return this.total === 0 ? null : this.largest;
  }

  /** Upper edge of the step that holds the quantile; null when nothing was added. */
  quantile(share: number): number | null {
    if (this.total === 0) return null;
    const wanted = Math.ceil(this.total * share);
    let seen = 0;
    for (let index = 0; index < this.counts.length; index++) {
      seen += this.counts[index]!;
      if (seen >= wanted) return Math.min(this.largest, (index + 1) * this.stepMs);
    }
    return this.largest;
  }

  summary(): Quantiles {
    return {
      count: this.total,
      p50: this.quantile(0.5),
      p99: this.quantile(0.99),
      p999: this.quantile(0.999),
      max: this.max,
    };
  }
}

/** Of a histogram, in milliseconds; null where nothing was counted. */
export interface Quantiles {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}
