import { loopStalls } from './loop-stalls';

const metrics = (counts: Record<string, number>, total: number): string =>
  [
    ...Object.entries(counts).map(([le, count]) => `gateway_tick_lateness_ms_bucket{le="${le}"} ${count}`),
    `gateway_tick_lateness_ms_bucket{le="+Inf"} ${total}`,
    'gateway_tick_lateness_ms_sum 1234.5',
    `gateway_tick_lateness_ms_count ${total}`,
  ].join('\n');

describe('stalls of a gateway’s event loop', () => {
  const one700 = metrics({ '50': 9990, '100': 9998, '200': 9999, '500': 9999 }, 10_000);

  it('are ticks of over 150 ms, to the next bound of the metric', () => {
    expect(loopStalls(one700, 5)).toEqual({ later: 1, thanMs: 200 });
    expect(loopStalls(metrics({ '100': 9998, '200': 10_000 }, 10_000), 5)).toEqual({ later: 0, thanMs: 200 });
    // The machine woke another thread so late: the next bound.
    expect(loopStalls(one700, 60)).toEqual({ later: 1, thanMs: 500 });
  });

  it('are not blamed on a gateway whose machine was as late', () => {
    expect(loopStalls(one700, 600)).toBeNull();
  });

  it('cannot be told from anything else', () => {
    expect(() => loopStalls('up 1', 0)).toThrow('no metrics of a gateway');
  });
});
