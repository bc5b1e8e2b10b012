/**
 * How a speech provider failed, as a policy needs to know it:
 * `retryable` (connection, 408, 409, 429, 5xx), `quota` (429 with code insufficient_quota: paying helps, trying again
 * does not), `rejected` (the request or the key is wrong), `timeout` (no answer or no further audio within the bound;
 * it may have been billed), `aborted` (we asked for it).
 */
export type SpeechFailure = 'retryable' | 'quota' | 'rejected' | 'timeout' | 'aborted';

/** A failed call of a speech provider. The message never holds the text that was to be spoken. */
export class SpeechError extends Error {
  constructor(
    readonly failure: SpeechFailure,
    message: string,
    readonly details: {
      readonly status?: number | undefined;
      readonly code?: string | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'SpeechError';
  }

  /** Whether the same request may succeed later. */
  get isRetryable(): boolean {
    return this.failure === 'retryable' || this.failure === 'timeout';
  }

  /**
   * Whether the provider may have done the work all the same. Not when it said no, and not when the request cannot have
   * reached it.
   */
  get mayBeBilled(): boolean {
    if (this.failure === 'quota' || this.failure === 'rejected') return false;
    return this.details.status === undefined && !isUnsent(this.details.cause);
  }
}

/** Of connections that were never made. */
const UNSENT_CODES = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN'];

/** By the chain of causes: clients wrap what the system said. */
const isUnsent = (error: unknown): boolean => {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  return UNSENT_CODES.includes(String(code)) || (cause !== undefined && isUnsent(cause));
};
