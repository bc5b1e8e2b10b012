import { setTimeout as sleep } from 'node:timers/promises';

/** When to try again: exponential from `minMs` to `maxMs`, with full jitter on the upper half. */
export interface BackoffPolicy {
  readonly attempts: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly multiplier: number;
}

/** Milliseconds to wait after the given failed attempt (1 = the first). */
export const backoffMs = (
  policy: BackoffPolicy,
  failedAttempt: number,
  random: () => number = Math.random,
): number => {
  const ceiling = Math.min(policy.maxMs, policy.minMs * policy.multiplier ** (failedAttempt - 1));
  return Math.round(ceiling / 2 + (random() * ceiling) / 2);
};

/**
 * Runs `action` until it succeeds, the policy is used up or the signal aborts; then throws the last error.
 * @param isRetryable false ends it at once
 */
export const retry = async <T>(
  policy: BackoffPolicy,
  action: (attempt: number) => Promise<T>,
  options: { isRetryable?: (error: unknown) => boolean; signal?: AbortSignal | undefined } = {},
): Promise<T> => {
  for (let attempt = 1; ; attempt++) {
    try {
      return await action(attempt);
    } catch (error) {
      const isLast = attempt >= policy.attempts || options.signal?.aborted;
      if (isLast || options.isRetryable?.(error) === false) throw error;
      await sleep(backoffMs(policy, attempt), undefined, { signal: options.signal });
    }
  }
};
