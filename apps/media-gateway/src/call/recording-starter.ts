import { startCallRecording } from '@frontdesk/contracts';
import { ServiceCallError, type ServiceClient } from '@frontdesk/http';
import { retry, type BackoffPolicy } from '@frontdesk/runtime';

/** As long as the call lives, which is the bound; seldom enough to hurt nobody, often enough to lose little of the call. */
export const recordingRetry: BackoffPolicy = { attempts: Infinity, minMs: 500, maxMs: 5000, multiplier: 2 };

/** The service has decided: this call is not to be recorded. Everything else may be better in a moment. */
const isFinal = (error: unknown): boolean => error instanceof ServiceCallError && !error.retryable;

export interface RecordingRequest {
  readonly callSid: string;
  readonly businessId: string | null;
  readonly accountSid: string;
  readonly traceparent: string;
}

/**
 * Asks recording-service to record a call; off the media path, again and again until it does, refuses for good, or `signal`
 * (the call's end) stops it.
 */
export type RecordingStarter = (request: RecordingRequest, signal: AbortSignal) => Promise<string>;

export const recordingStarter =
  (client: ServiceClient, policy: BackoffPolicy = recordingRetry): RecordingStarter =>
  async ({ callSid, businessId, accountSid, traceparent }, signal) => {
    const call = (): Promise<{ recordingSid: string }> =>
      client.call(startCallRecording, {
        params: { sid: callSid },
        body: { businessId, accountSid },
        traceparent,
        signal,
      });
    return (await retry(policy, call, { signal, isRetryable: (error) => !isFinal(error) })).recordingSid;
  };
