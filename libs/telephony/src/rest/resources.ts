import { type CallInstance } from 'twilio/lib/rest/api/v2010/account/call';
import { type RecordingInstance } from 'twilio/lib/rest/api/v2010/account/recording';

/** `status` of the Call resource; callbacks know `initiated` besides. */
export type TwilioCallStatus =
  'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';

export interface TwilioCall {
  readonly sid: string;
  readonly accountSid: string;
  readonly parentCallSid: string | null;
  readonly status: TwilioCallStatus;
  readonly from: string;
  readonly to: string;
  readonly direction: string;
  readonly answeredBy: string | null;
  readonly createdAt: Date | null;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  /** Seconds; null until the call has ended. */
  readonly durationSec: number | null;
}

export type TwilioRecordingStatus =
  'in-progress' | 'paused' | 'stopped' | 'processing' | 'completed' | 'absent' | 'deleted';

export interface TwilioRecording {
  readonly sid: string;
  readonly accountSid: string;
  readonly callSid: string;
  readonly status: TwilioRecordingStatus;
  readonly channels: number;
  /** Who asked for it, such as `RecordVerb` or `StartCallRecordingAPI`. */
  readonly source: string;
  readonly createdAt: Date | null;
  readonly startedAt: Date | null;
  /** Seconds; null until it is known. */
  readonly durationSec: number | null;
  readonly errorCode: number | null;
  /** Where Twilio says the media is, without suffix; null when it does not say. */
  readonly url: string | null;
}

const dateOf = (value: Date | null | undefined): Date | null =>
  value && !Number.isNaN(value.getTime()) ? value : null;

/** Twilio writes seconds as text, null at first and "-1" while it is still at work. */
const secondsOf = (value: string | number | null | undefined): number | null => {
  const seconds = Number(value ?? -1);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
};

export const toCall = (call: CallInstance): TwilioCall => ({
  sid: call.sid,
  accountSid: call.accountSid,
  parentCallSid: call.parentCallSid ?? null,
  status: call.status,
  from: call.from,
  to: call.to,
  direction: call.direction,
  answeredBy: call.answeredBy ?? null,
  createdAt: dateOf(call.dateCreated),
  startedAt: dateOf(call.startTime),
  endedAt: dateOf(call.endTime),
  durationSec: secondsOf(call.duration),
});

/** The two resources that show a recording type `status` and `source` apart; on the wire they are the same. */
type AnyRecording = Pick<
  RecordingInstance,
  'sid' | 'accountSid' | 'callSid' | 'channels' | 'dateCreated' | 'startTime' | 'duration' | 'errorCode'
> & {
  readonly status: string;
  readonly source: string;
  readonly mediaUrl?: string | null;
  readonly uri?: string | null;
};

/** `media_url`, which not every form of the resource has, or else the resource's own address without `.json`. */
const mediaUrlOf = ({ mediaUrl, uri }: AnyRecording, baseUrl: string): string | null => {
  if (mediaUrl) return mediaUrl;
  return uri ? new URL(uri.replace(/\.json$/, ''), baseUrl).href : null;
};

export const toRecording = (recording: AnyRecording, baseUrl: string): TwilioRecording => ({
  sid: recording.sid,
  accountSid: recording.accountSid,
  callSid: recording.callSid,
  status: recording.status as TwilioRecordingStatus,
  channels: Number(recording.channels) || 1,
  source: recording.source,
  createdAt: dateOf(recording.dateCreated),
  startedAt: dateOf(recording.startTime),
  durationSec: secondsOf(recording.duration),
  errorCode: recording.errorCode ?? null,
  url: mediaUrlOf(recording, baseUrl),
});
