/** Connection settings that a URL may carry in its fragment (Twilio: Webhooks connection overrides). */
export interface ConnectionOverrides {
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  /** Bound of all tries together. */
  readonly totalTimeoutMs: number;
  readonly retries: number;
  readonly retryOn: ReadonlySet<RetryPolicy>;
}

export type RetryPolicy = '4xx' | '5xx' | 'ct' | 'rt';

const POLICIES: readonly RetryPolicy[] = ['4xx', '5xx', 'ct', 'rt'];

/** Reads `#rc=3&rp=ct,rt,5xx&rt=2000…`; what is absent or out of range keeps Twilio's default. */
export const connectionOverrides = (url: string): ConnectionOverrides => {
  const fragment = new URLSearchParams(url.includes('#') ? url.slice(url.indexOf('#') + 1) : '');
  const number = (key: string, min: number, max: number, fallback: number): number => {
    const value = Number(fragment.get(key) ?? Number.NaN);
    return Number.isInteger(value) && value >= min && value <= max ? value : fallback;
  };
  const wanted = (fragment.get('rp') ?? 'ct').split(',');
  return {
    connectTimeoutMs: number('ct', 100, 10_000, 5_000),
    readTimeoutMs: number('rt', 100, 15_000, 15_000),
    totalTimeoutMs: number('tt', 100, 15_000, 15_000),
    retries: number('rc', 0, 5, 1),
    retryOn: new Set(POLICIES.filter((policy) => wanted.includes(policy) || wanted.includes('all'))),
  };
};
