import twilio from 'twilio';
import { toCall, toRecording, type TwilioCall, type TwilioRecording } from './resources';
import {
  type CreateCallOptions,
  type ListCallsOptions,
  type ListRecordingsOptions,
  type StartRecordingOptions,
  type TwilioCalls,
  type UpdateCallOptions,
} from './twilio-calls';
import { TwilioRestError } from './twilio-rest-error';

export interface TwilioAccountOptions {
  readonly accountSid: string;
  readonly authToken: string;
  /** TWILIO_API_BASE_URL; `https://api.twilio.com` when left out. */
  readonly baseUrl?: string | undefined;
  readonly timeoutMs?: number | undefined;
}

const API_BASE_URL = 'https://api.twilio.com';
const TIMEOUT_MS = 10_000;
/** Most a page may hold. */
const MAX_PAGE_SIZE = 1000;

/**
 * Callbacks that fail to connect, time out or meet a 5xx are tried again by Twilio; by default only the first are, and
 * a lost status callback is lost for good. The fragment is not part of the signed URL.
 */
const withRetries = (callbackUrl: string): string =>
  callbackUrl.includes('#') ? callbackUrl : `${callbackUrl}#rc=3&rp=ct,rt,5xx`;

/** {@link TwilioCalls} over the `twilio` package. */
export class SdkTwilioCalls implements TwilioCalls {
  readonly accountSid: string;
  private readonly client: twilio.Twilio;
  private readonly baseUrl: string;
  private readonly timeoutMs: number;

  constructor(options: TwilioAccountOptions) {
    this.accountSid = options.accountSid;
    this.baseUrl = options.baseUrl ?? API_BASE_URL;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.client = twilio(options.accountSid, options.authToken, {
      timeout: this.timeoutMs,
      autoRetry: false,
      // Empty, not absent: TWILIO_REGION and TWILIO_EDGE of the environment would rewrite the host.
      region: '',
      edge: '',
    });
    this.client.api.baseUrl = this.baseUrl;
  }

  createCall(options: CreateCallOptions): Promise<TwilioCall> {
    const { machineDetection: amd } = options;
    return this.attempt('create call', true, async () =>
      toCall(
        await this.client.calls.create({
          to: options.to,
          from: options.from,
          url: options.url,
          method: 'POST',
          ...(options.fallbackUrl && { fallbackUrl: options.fallbackUrl, fallbackMethod: 'POST' }),
          statusCallback: withRetries(options.statusCallbackUrl),
          statusCallbackMethod: 'POST',
          statusCallbackEvent: [
            ...(options.statusCallbackEvents ?? ['initiated', 'ringing', 'answered', 'completed']),
          ],
          timeout: options.ringTimeoutSec,
          ...(options.timeLimitSec && { timeLimit: options.timeLimitSec }),
          ...(amd && {
            machineDetection: amd.mode,
            asyncAmd: 'true',
            asyncAmdStatusCallback: withRetries(amd.statusCallbackUrl),
            asyncAmdStatusCallbackMethod: 'POST',
            ...(amd.timeoutSec && { machineDetectionTimeout: amd.timeoutSec }),
          }),
        }),
      ),
    );
  }

  updateCall(callSid: string, options: UpdateCallOptions): Promise<TwilioCall> {
    const change = 'url' in options ? { url: options.url, method: options.method ?? 'POST' } : options;
    return this.attempt('update call', true, async () =>
      toCall(await this.client.calls(callSid).update(change)),
    );
  }

  fetchCall(callSid: string): Promise<TwilioCall> {
    return this.attempt('fetch call', false, async () => toCall(await this.client.calls(callSid).fetch()));
  }

  listCalls(options: ListCallsOptions): Promise<TwilioCall[]> {
    const { to, from, status, startedAfter, startedBefore, limit } = options;
    return this.attempt('list calls', false, async () => {
      const calls = await this.client.calls.list({
        ...(to && { to }),
        ...(from && { from }),
        ...(status && { status }),
        ...(startedAfter && { startTimeAfter: startedAfter }),
        ...(startedBefore && { startTimeBefore: startedBefore }),
        limit,
        pageSize: Math.min(limit, MAX_PAGE_SIZE),
      });
      return calls.map(toCall);
    });
  }

  startRecording(callSid: string, options: StartRecordingOptions): Promise<TwilioRecording> {
    return this.attempt('start recording', true, async () =>
      toRecording(
        await this.client.calls(callSid).recordings.create({
          recordingChannels: options.channels ?? 'dual',
          recordingStatusCallback: withRetries(options.statusCallbackUrl),
          recordingStatusCallbackMethod: 'POST',
          recordingStatusCallbackEvent: ['completed', 'absent'],
        }),
        this.baseUrl,
      ),
    );
  }

  listRecordings(options: ListRecordingsOptions): Promise<TwilioRecording[]> {
    const { callSid, createdAfter, createdBefore, limit } = options;
    return this.attempt('list recordings', false, async () => {
      const recordings = await this.client.recordings.list({
        ...(callSid && { callSid }),
        ...(createdAfter && { dateCreatedAfter: createdAfter }),
        ...(createdBefore && { dateCreatedBefore: createdBefore }),
        limit,
        pageSize: Math.min(limit, MAX_PAGE_SIZE),
      });
      return recordings.map((recording) => toRecording(recording, this.baseUrl));
    });
  }

  fetchRecording(recordingSid: string): Promise<TwilioRecording> {
    return this.attempt('fetch recording', false, async () =>
      toRecording(await this.client.recordings(recordingSid).fetch(), this.baseUrl),
    );
  }

  async deleteRecording(recordingSid: string): Promise<void> {
    try {
      await this.attempt('delete recording', true, () => this.client.recordings(recordingSid).remove());
    } catch (error) {
      if (!(error instanceof TwilioRestError && error.isNotFound)) throw error;
    }
  }

  private async attempt<T>(operation: string, writes: boolean, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      throw TwilioRestError.from(error, operation, writes);
    }
  }
}
