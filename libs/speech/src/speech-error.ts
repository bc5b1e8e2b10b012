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
}
