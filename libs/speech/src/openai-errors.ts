import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from 'openai';
import { SpeechError, type SpeechFailure } from './speech-error';

/** Status codes after which the vendor's own client would try again, beside 5xx. */
const RETRYABLE_STATUS = new Set([408, 409, 429]);

/** Translates whatever the `openai` package threw into a {@link SpeechError}. */
export const speechErrorOf = (error: unknown, action: string): SpeechError => {
  if (error instanceof SpeechError) return error;
  if (error instanceof APIUserAbortError || isAbort(error))
    return new SpeechError('aborted', `${action} was aborted`, { cause: error });
  if (error instanceof APIConnectionTimeoutError)
    return new SpeechError('timeout', `${action} timed out`, { cause: error });
  if (error instanceof APIConnectionError)
    return new SpeechError('retryable', `${action} could not reach the provider`, { cause: error });
  if (error instanceof APIError)
    return new SpeechError(failureOf(error), `${action} failed with status ${error.status ?? 'unknown'}`, {
      status: error.status,
      code: error.code ?? undefined,
      retryAfterMs: retryAfterMs(error.headers),
      cause: error,
    });
  return new SpeechError('retryable', `${action} broke off`, { cause: error });
};

const failureOf = (error: APIError): SpeechFailure => {
  if (error.code === 'insufficient_quota') return 'quota';
  const status = error.status ?? 500;
  return status >= 500 || RETRYABLE_STATUS.has(status) ? 'retryable' : 'rejected';
};

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

/** The provider's own advice: `retry-after-ms`, else `retry-after` in seconds. */
const retryAfterMs = (headers: Headers | undefined): number | undefined => {
  const milliseconds = Number(headers?.get('retry-after-ms') ?? NaN);
  if (Number.isFinite(milliseconds)) return milliseconds;
  const seconds = Number(headers?.get('retry-after') ?? NaN);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
};
