import { z } from 'zod';
import { type MediaStreamMessage } from './messages';

/**
 * A media message with its keys in Twilio's order, up to the payload. Fifty of these a second and call arrive: the
 * payload is cut out of the text, without a parse and without a copy of the rest. Any other order is parsed.
 */
const USUAL_HEAD =
  /^\{"event":"media","sequenceNumber":"\d{1,12}","media":\{"track":"inbound","chunk":"(\d{1,12})","timestamp":"(\d{1,12})","payload":"/;
const USUAL_TAIL = /^"\},"streamSid":"MZ[0-9a-fA-F]{32}"\}$/;

const cutMedia = (text: string): MediaStreamMessage | undefined => {
  const head = USUAL_HEAD.exec(text);
  if (!head) return undefined;
  const from = head[0].length;
  const to = text.indexOf('"', from);
  const escape = text.indexOf('\\', from);
  if (to < 0 || escape >= 0 || !USUAL_TAIL.test(text.slice(to))) return undefined;
  return {
    kind: 'media',
    payload: text.slice(from, to),
    timestampMs: Number(head[2]),
    chunk: Number(head[1]),
  };
};

/** Counters travel as strings; a number is taken as well. */
const counter = z.union([
  z
    .string()
    .regex(/^\d{1,12}$/)
    .transform(Number),
  z.int().min(0),
]);

const startSchema = z.object({
  start: z.object({
    streamSid: z.string().min(1),
    callSid: z.string().min(1),
    accountSid: z.string().min(1),
    tracks: z.array(z.string()).default([]),
    customParameters: z.record(z.string(), z.string()).default({}),
    mediaFormat: z.object({ encoding: z.string(), sampleRate: z.number(), channels: z.number() }),
  }),
});
const mediaSchema = z.object({
  media: z.object({ payload: z.string(), timestamp: counter, chunk: counter }),
});
const markSchema = z.object({ mark: z.object({ name: z.string() }) });
const dtmfSchema = z.object({ dtmf: z.object({ digit: z.string().regex(/^[0-9A-D*#]$/) }) });

const read = <S extends z.ZodType>(
  schema: S,
  value: unknown,
  build: (parsed: z.infer<S>) => MediaStreamMessage,
): MediaStreamMessage => {
  const result = schema.safeParse(value);
  if (result.success) return build(result.data);
  const { path, message } = result.error.issues[0]!;
  return { kind: 'malformed', reason: `${path.join('.')}: ${message}` };
};

const parseWhole = (text: string): MediaStreamMessage => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', reason: 'not JSON' };
  }
  const event = (value as { event?: unknown } | null)?.event;
  if (typeof event !== 'string') return { kind: 'malformed', reason: 'no event name' };
  switch (event) {
    case 'connected':
      return { kind: 'connected' };
    case 'start':
      return read(startSchema, value, ({ start }) => ({ kind: 'start', ...start }));
    case 'media':
      return read(mediaSchema, value, ({ media }) => ({
        kind: 'media',
        payload: media.payload,
        timestampMs: media.timestamp,
        chunk: media.chunk,
      }));
    case 'mark':
      return read(markSchema, value, ({ mark }) => ({ kind: 'mark', name: mark.name }));
    case 'dtmf':
      return read(dtmfSchema, value, ({ dtmf }) => ({ kind: 'dtmf', digit: dtmf.digit }));
    case 'stop':
      return { kind: 'stop' };
    default:
      return { kind: 'unknown', event: event.slice(0, 64) };
  }
};

/** One text message of Twilio's media WebSocket. Never throws. */
export const parseMediaStreamMessage = (text: string): MediaStreamMessage =>
  cutMedia(text) ?? parseWhole(text);
