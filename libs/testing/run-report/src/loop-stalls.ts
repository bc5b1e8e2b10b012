/**
 * What a healthy loop never takes at a stretch. Far more than it does take: on a crowded machine one process may wait for
 * a core while another thread does not, and that must not be taken for a stall.
 */
const ALLOWED_MS = 150;

/**
 * Ticks of a gateway's playout clock that came so late that something must have stood in its event loop, by its /metrics
 * since its start. A tick that was late because the machine itself woke nobody in time does not count.
 * @param machineMs the latest wake-up of another thread of the same machine meanwhile ({@link LatenessProbe})
 * @returns null when the machine was so late that nothing can be said
 */
export const loopStalls = (
  metricsText: string,
  machineMs: number,
): { later: number; thanMs: number } | null => {
  const buckets = [
    ...metricsText.matchAll(/^gateway_tick_lateness_ms_bucket\{[^}]*le="([\d.]+)"[^}]*\} (\d+)$/gm),
  ].map(([, le, count]) => ({ le: Number(le), count: Number(count) }));
  const total = /^gateway_tick_lateness_ms_count(?:\{[^}]*\})? (\d+)$/m.exec(metricsText)?.[1];
  if (total === undefined || buckets.length === 0) throw new Error('these are no metrics of a gateway');
  const bound = buckets.find(({ le }) => le >= ALLOWED_MS + machineMs);
  return bound ? { later: Number(total) - bound.count, thanMs: bound.le } : null;
};
