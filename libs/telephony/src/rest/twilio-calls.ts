import { type TwilioCall, type TwilioRecording } from './resources';

export type CallStatusEvent = 'initiated' | 'ringing' | 'answered' | 'completed';

export interface CreateCallOptions {
  readonly to: string;
  readonly from: string;
  /** Asked for TwiML once the call is answered. */
  readonly url: string;
  readonly fallbackUrl?: string;
  readonly statusCallbackUrl: string;
  readonly statusCallbackEvents?: readonly CallStatusEvent[];
  /** Seconds it may ring. */
  readonly ringTimeoutSec: number;
  /** Seconds the call may last. */
  readonly timeLimitSec?: number;
  /** Asynchronous detection: the call is connected at once, the verdict comes to the callback. */
  readonly machineDetection?: {
    readonly mode: 'Enable' | 'DetectMessageEnd';
    readonly statusCallbackUrl: string;
    readonly timeoutSec?: number;
  };
}

/** Exactly one of the three: Twilio takes no two at once. */
export type UpdateCallOptions =
  | { readonly twiml: string }
  | { readonly url: string; readonly method?: 'GET' | 'POST' }
  | { readonly status: 'completed' | 'canceled' };

export interface ListCallsOptions {
  readonly to?: string;
  readonly from?: string;
  readonly status?: TwilioCall['status'];
  readonly startedAfter?: Date;
  readonly startedBefore?: Date;
  readonly limit: number;
}

export interface StartRecordingOptions {
  readonly statusCallbackUrl: string;
  /** Dual: the caller is the first channel, what Twilio played the second. */
  readonly channels?: 'mono' | 'dual';
}

export interface ListRecordingsOptions {
  readonly callSid?: string;
  readonly createdAfter?: Date;
  readonly createdBefore?: Date;
  readonly limit: number;
}

/**
 * What we ask of one Twilio account. Every method rejects with a `TwilioRestError`; none tries again by itself, because
 * only its caller knows what a second try may cost.
 */
export interface TwilioCalls {
  readonly accountSid: string;
  createCall(options: CreateCallOptions): Promise<TwilioCall>;
  /** Redirects or ends a call. Accepted is not executed: the call's own messages tell when. */
  updateCall(callSid: string, options: UpdateCallOptions): Promise<TwilioCall>;
  fetchCall(callSid: string): Promise<TwilioCall>;
  /** Newest first. Lags behind reality: use it to reconcile, not to watch. */
  listCalls(options: ListCallsOptions): Promise<TwilioCall[]>;
  startRecording(callSid: string, options: StartRecordingOptions): Promise<TwilioRecording>;
  listRecordings(options: ListRecordingsOptions): Promise<TwilioRecording[]>;
  fetchRecording(recordingSid: string): Promise<TwilioRecording>;
  /** Deleting what is gone already succeeds. */
  deleteRecording(recordingSid: string): Promise<void>;
}
