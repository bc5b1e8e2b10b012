import { type BookEvent } from '@frontdesk/test-harness';
import { type CallEvidence } from './evidence';

interface Entry {
  readonly atMs: number;
  readonly text: string;
}

/** What happened in a call, in the order in which it happened, from Twilio's and OpenAI's own books. */
export const timelineOf = (evidence: CallEvidence): string[] => {
  const { book, session } = evidence;
  const entries: Entry[] = [
    ...book.events.flatMap((event) => shown(event.atMs, describeTwilio(event))),
    ...book.said.map(({ atMs, text }) => ({ atMs, text: `caller says   "${text}"` })),
    ...book.spurts.map(({ startMs, endMs, text }) => ({
      atMs: startMs,
      text: `caller hears  "${text}"  (${seconds(endMs - startMs)} s)`,
    })),
    ...(session?.events ?? []).flatMap((event) => shown(event.atMs, describeModel(event))),
  ];
  const [first] = entries.sort((one, other) => one.atMs - other.atMs);
  return entries.map(({ atMs, text }) => `  ${seconds(atMs - (first?.atMs ?? atMs)).padStart(6)} s  ${text}`);
};

const seconds = (ms: number): string => (ms / 1000).toFixed(2);

const shown = (atMs: number, text: string | undefined): Entry[] =>
  text === undefined ? [] : [{ atMs, text }];

const describeTwilio = (event: BookEvent): string | undefined => {
  switch (event.type) {
    case 'webhook':
      return describeWebhook(event);
    case 'stream-start-sent':
      return 'media stream started';
    case 'fault':
      return `fault: ${String(event.name)}`;
    case 'rest-update':
      return event.status ? `REST: call set to ${String(event.status)}` : 'REST: call redirected';
    case 'recording-started':
      return 'recording started';
    case 'recording-completed':
      return 'recording complete';
    case 'hangup':
      return event.by === 'far-end' ? 'caller hangs up' : 'our side hangs up';
    case 'caller-dials':
      return `caller dials ${String(event.digit)}`;
    default:
      return undefined;
  }
};

const describeWebhook = (event: BookEvent): string | undefined => {
  const path = new URL(String(event.url)).pathname;
  if (/status$/.test(path)) return undefined; // the status itself is told by what happened
  const verb = /<(Connect|Record|Say|Play|Hangup|Dial|Redirect)\b/.exec(String(event.answer ?? ''))?.[1];
  return `Twilio asks   ${path}: answered in ${String(event.durationMs)} ms${verb ? ` with <${verb}>` : ''}`;
};

const describeModel = (event: BookEvent): string | undefined => {
  switch (event.type) {
    case 'input_audio_buffer.speech_started':
      return 'model hears the caller begin';
    case 'response.cancel':
      return 'barge-in: answer cancelled';
    case 'conversation.item.truncate':
      return 'history cut to what was heard';
    default:
      return undefined;
  }
};
