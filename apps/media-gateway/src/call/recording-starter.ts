import { startCallRecording } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { retry, type BackoffPolicy } from '@frontdesk/runtime';

/** While the call lives: about a minute and a half. */
const startRetry: BackoffPolicy = { attempts: 10, minMs: 500, maxMs: 15_000, multiplier: 2 };

export interface RecordingRequest {
  readonly callSid: string;
  readonly businessId: string | null;
  readonly accountSid: string;
  readonly traceparent: string;
}

/** Asks recording-service to record a call; off the media path, again and again until `signal` ends it. */
export type RecordingStarter = (request: RecordingRequest, signal: AbortSignal) => Promise<string>;

export const recordingStarter =
  (client: ServiceClient): RecordingStarter =>
  async ({ callSid, businessId, accountSid, traceparent }, signal) => {
    const call = (): Promise<{ recordingSid: string }> =>
      client.call(startCallRecording, {
        params: { sid: callSid },
        body: { businessId, accountSid },
        traceparent,
        signal,
      });
    return (await retry(startRetry, call, { signal })).recordingSid;
  };
