import { Histogram } from '../load/histogram';

/** How often requests that are due are sent. */
const TICK_MS = 1;
/** One sent later than this comes in a burst of the generator's own making: its answer says nothing about the service. */
const LATE_MS = 4;

export interface PacedRequests {
  /** From sending to the last byte, of those that were sent in time. */
  readonly latency: Histogram;
  /** From the moment a request was due to its sending: what the generator itself adds. */
  readonly lateness: Histogram;
  readonly answered: number;
  /** Of these, how many were sent late. */
  readonly sentLate: number;
  readonly failed: number;
  readonly perSecond: number;
}

/** Sends requests at a steady rate, whether earlier ones were answered or not. */
export const pacedRequests = async (
  send: () => Promise<unknown>,
  { perSecond, forMs, signal }: { perSecond: number; forMs: number; signal: AbortSignal },
): Promise<PacedRequests> => {
  const latency = new Histogram(0.1, 10_000);
  const lateness = new Histogram(0.1, 10_000);
  const running = new Set<Promise<void>>();
  let answered = 0;
  let sentLate = 0;
  let failed = 0;
  const one = async (dueAtMs: number): Promise<void> => {
    const sentAtMs = performance.now();
    const lateMs = sentAtMs - dueAtMs;
    lateness.add(lateMs);
    try {
      await send();
      answered += 1;
      if (lateMs > LATE_MS) sentLate += 1;
      else latency.add(performance.now() - sentAtMs);
    } catch {
      failed += 1;
    }
  };
  const startedAtMs = performance.now();
  const total = Math.round((perSecond * forMs) / 1000);
  for (let sent = 0; sent < total && !signal.aborted;) {
    // The first is due at once.
    const due = Math.min(total, 1 + Math.floor(((performance.now() - startedAtMs) * perSecond) / 1000));
    for (; sent < due; sent++) {
      const run: Promise<void> = one(startedAtMs + (sent * 1000) / perSecond).finally(() =>
        running.delete(run),
      );
      running.add(run);
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
  await Promise.all(running);
  const tookMs = performance.now() - startedAtMs;
  return { latency, lateness, answered, sentLate, failed, perSecond: (answered * 1000) / tookMs };
};
