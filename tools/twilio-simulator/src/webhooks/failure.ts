import type { RetryPolicy } from './overrides';

/** Why a webhook gave nothing usable: an error of Twilio's dictionary. */
export interface Failure {
  readonly code: number;
  readonly message: string;
  /** Set when no status came at all. */
  readonly phase?: 'connect' | 'read';
}

/** Whether the retry policy of the URL covers this failure. */
export const isRetried = (
  failure: Failure,
  status: number | undefined,
  policy: ReadonlySet<RetryPolicy>,
): boolean => {
  if (failure.phase === 'connect') return policy.has('ct');
  if (failure.phase === 'read') return policy.has('rt');
  if (status === undefined) return false;
  return status >= 500 ? policy.has('5xx') : status >= 400 && policy.has('4xx');
};
