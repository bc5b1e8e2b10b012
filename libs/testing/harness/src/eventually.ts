import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `check` until it passes, for what another process does in its own time. Its last error is the one thrown.
 * @param timeoutMs a bound for slow machines, not an expectation
 */
export const eventually = async <T>(check: () => Promise<T> | T, timeoutMs = 30_000): Promise<T> => {
  const until = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(50);
    }
  }
};
