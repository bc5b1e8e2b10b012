import { callSidSchema, recordingSidSchema } from '@frontdesk/contracts';
import { type RecordingKind, type RecordingStatus } from '../store/entities';

/** What Twilio says about a recording, in a callback or when asked. */
export interface RecordingReport {
  recordingSid: string;
  callSid: string;
  accountSid: string | null;
  /** Null when the source tells nothing about what was recorded. */
  kind: RecordingKind | null;
  status: RecordingStatus;
  url: string | null;
  durationSeconds: number | null;
  channels: number | null;
  startedAt: Date | null;
  errorCode: string | null;
}

const DAY_SECONDS = 24 * 60 * 60;

/** Twilio's duration is a text: seconds, "-1" while processing, absent, or nonsense; all but the first is unknown (RE3). */
export const parseDuration = (value: unknown): number | null => {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !/^\d+(\.\d+)?$/.test(text.trim())) return null;
  const seconds = Number(text);
  return seconds <= DAY_SECONDS ? seconds : null;
};

const parseChannels = (value: unknown): number | null => {
  const channels = Number(value);
  return channels === 1 || channels === 2 ? channels : null;
};

const parseDate = (value: unknown): Date | null => {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value;
  if (typeof value !== 'string' || value === '') return null;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
};

/** RecordingSource of a callback, or `source` of the resource. */
const kinds: Record<string, RecordingKind> = {
  StartCallRecordingAPI: 'conversation',
  StartCallRecordingTwiML: 'conversation',
  OutboundAPI: 'conversation',
  RecordVerb: 'message',
  DialVerb: 'transfer',
};

/** Paused is a recording that goes on; failed is one that will never come. */
const statuses: Record<string, RecordingStatus> = {
  'in-progress': 'in-progress',
  paused: 'in-progress',
  stopped: 'processing',
  processing: 'processing',
  completed: 'completed',
  absent: 'absent',
  failed: 'absent',
  deleted: 'deleted',
};

/** The same facts under the names of a callback's form and of the REST resource. */
export interface RecordingFacts {
  recordingSid: unknown;
  callSid: unknown;
  accountSid?: unknown;
  source?: unknown;
  status?: unknown;
  url?: unknown;
  duration?: unknown;
  channels?: unknown;
  startTime?: unknown;
  errorCode?: unknown;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Null when the facts do not name a recording of a call: nothing can be kept of them. */
export const recordingReport = (facts: RecordingFacts): RecordingReport | null => {
  const recordingSid = recordingSidSchema.safeParse(facts.recordingSid);
  const callSid = callSidSchema.safeParse(facts.callSid);
  if (!recordingSid.success || !callSid.success) return null;
  return {
    recordingSid: recordingSid.data,
    callSid: callSid.data,
    accountSid: textOf(facts.accountSid),
    kind: kinds[textOf(facts.source) ?? ''] ?? null,
    status: statuses[textOf(facts.status) ?? ''] ?? 'processing',
    url: textOf(facts.url),
    durationSeconds: parseDuration(facts.duration),
    channels: parseChannels(facts.channels),
    startedAt: parseDate(facts.startTime),
    errorCode: facts.errorCode == null || facts.errorCode === '' ? null : String(facts.errorCode),
  };
};

/** From the form of a recording status callback. */
export const reportOfCallback = (form: Record<string, string>): RecordingReport | null =>
  recordingReport({
    recordingSid: form.RecordingSid,
    callSid: form.CallSid,
    accountSid: form.AccountSid,
    source: form.RecordingSource,
    status: form.RecordingStatus,
    url: form.RecordingUrl,
    duration: form.RecordingDuration,
    channels: form.RecordingChannels,
    startTime: form.RecordingStartTime,
    errorCode: form.ErrorCode,
  });
