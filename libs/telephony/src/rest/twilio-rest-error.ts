/** Whether Twilio may have done what was asked although no answer says so. */
type Effect = 'none' | 'unknown';

/** Failures that happen before a request is sent: nothing was done, and trying again is safe. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** The call is over, or not yet begun (HTTP 400): it cannot be redirected, ended or recorded. */
const INVALID_CALL_STATE = 21220;

/** A failed request to Twilio's REST API, which says what may be done about it. */
export class TwilioRestError extends Error {
  private constructor(
    message: string,
    /** HTTP status; null when no answer came. */
    readonly status: number | null,
    /** Twilio's error code, e.g. 21220; null when the answer had none. */
    readonly code: number | null,
    /** The same request may succeed later. Of a request that creates, look first when `outcomeUnknown`. */
    readonly isRetryable: boolean,
    /** It may have been done: a create must be reconciled before it is tried again. */
    readonly outcomeUnknown: boolean,
    cause: unknown,
  ) {
    super(message, { cause });
    this.name = 'TwilioRestError';
  }

  /** @param writes whether the request changes something at Twilio */
  static from(error: unknown, operation: string, writes: boolean): TwilioRestError {
    const { status, code, message } = error as { status?: unknown; code?: unknown; message?: unknown };
    const text = `Twilio ${operation}: ${typeof message === 'string' ? message : String(error)}`;
    if (typeof status === 'number') {
      const { isRetryable, effect } = TwilioRestError.ofStatus(status);
      const twilioCode = typeof code === 'number' ? code : null;
      return new TwilioRestError(
        text,
        status,
        twilioCode,
        isRetryable,
        writes && effect === 'unknown',
        error,
      );
    }
    const isSent = !(typeof code === 'string' && NOT_SENT.has(code));
    return new TwilioRestError(text, null, null, true, writes && isSent, error);
  }

  private static ofStatus(status: number): { isRetryable: boolean; effect: Effect } {
    // 429: too many requests at once, "never processed, safe to retry" in Twilio's words.
    if (status === 429) return { isRetryable: true, effect: 'none' };
    if (status >= 500 || status === 408) return { isRetryable: true, effect: 'unknown' };
    return { isRetryable: false, effect: 'none' };
  }

  /** Error 21220: the call has ended, or is not in progress yet. */
  get isCallNotInProgress(): boolean {
    return this.code === INVALID_CALL_STATE;
  }

  get isNotFound(): boolean {
    return this.status === 404;
  }
}
