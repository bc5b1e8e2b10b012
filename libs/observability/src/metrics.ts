import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type { Counter, Gauge, Histogram } from 'prom-client';

/**
 * A process's Prometheus metrics, with those of Node itself (memory, garbage collection, event-loop delay). Asking again
 * for a name gives the same metric. Labels must be of low cardinality: never a call SID or a number.
 */
export class Metrics {
  private readonly registry = new Registry();

  constructor(options: { withProcessMetrics?: boolean } = {}) {
    if (options.withProcessMetrics ?? true) collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = string>(name: string, help: string, labels: readonly L[] = []): Counter<L> {
    return (
      this.existing<Counter<L>>(name) ??
      new Counter({ name, help, labelNames: [...labels], registers: [this.registry] })
    );
  }

  gauge<L extends string = string>(name: string, help: string, labels: readonly L[] = []): Gauge<L> {
    return (
      this.existing<Gauge<L>>(name) ??
      new Gauge({ name, help, labelNames: [...labels], registers: [this.registry] })
    );
  }

  histogram<L extends string = string>(
    name: string,
    help: string,
    buckets: readonly number[],
    labels: readonly L[] = [],
  ): Histogram<L> {
    return (
      this.existing<Histogram<L>>(name) ??
      new Histogram({
        name,
        help,
        buckets: [...buckets],
        labelNames: [...labels],
        registers: [this.registry],
      })
    );
  }

  /** The text Prometheus reads. */
  async render(): Promise<{ contentType: string; body: string }> {
    return { contentType: this.registry.contentType, body: await this.registry.metrics() };
  }

  private existing<M>(name: string): M | undefined {
    return this.registry.getSingleMetric(name) as M | undefined;
  }
}
