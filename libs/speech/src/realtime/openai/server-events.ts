import type * as Api from 'openai/resources/realtime/realtime';
import { z } from 'zod';
import { cutWords } from './cut-delta';

/**
 * The server events that the gateway acts on, in the GA form, and of each only what is used. Tied to the package's
 * types: a field that it renames no longer compiles here.
 */
type Used<E extends { type: string }, K extends keyof E> = z.ZodType<Pick<E, K | 'type'>>;

const id = z.string().min(1);
const response = z.object({
  id,
  status: z.enum(['completed', 'cancelled', 'failed', 'incomplete', 'in_progress']).optional(),
  status_details: z
    .object({
      reason: z.string().optional(),
      error: z.object({ type: z.string().nullish(), code: z.string().nullish() }).nullish(),
    })
    .nullish(),
  usage: z.object({ input_tokens: z.number().optional(), output_tokens: z.number().optional() }).nullish(),
});
const error = z.object({
  type: z.string(),
  code: z.string().nullish(),
  message: z.string(),
  event_id: z.string().nullish(),
});
const session = z.object({ id: z.string().optional(), expires_at: z.number().nullish() });
const item = z.object({
  id: z.string().optional(),
  type: z.string(),
  status: z.string().optional(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
});
const delta = <const T extends string>(type: T) =>
  z.object({ type: z.literal(type), response_id: id, item_id: id, delta: z.string() });

const audioDelta = delta('response.output_audio.delta') satisfies Used<
  Api.ResponseAudioDeltaEvent,
  'response_id' | 'item_id' | 'delta'
>;
const transcriptDelta = delta('response.output_audio_transcript.delta') satisfies Used<
  Api.ResponseAudioTranscriptDeltaEvent,
  'response_id' | 'item_id' | 'delta'
>;
const speechStarted = z.object({
  type: z.literal('input_audio_buffer.speech_started'),
  item_id: id,
  audio_start_ms: z.number(),
}) satisfies Used<Api.InputAudioBufferSpeechStartedEvent, 'item_id' | 'audio_start_ms'>;
const speechStopped = z.object({
  type: z.literal('input_audio_buffer.speech_stopped'),
  item_id: id,
  audio_end_ms: z.number(),
}) satisfies Used<Api.InputAudioBufferSpeechStoppedEvent, 'item_id' | 'audio_end_ms'>;
const committed = z.object({
  type: z.literal('input_audio_buffer.committed'),
  item_id: id,
}) satisfies Used<Api.InputAudioBufferCommittedEvent, 'item_id'>;
const transcriptCompleted = z.object({
  type: z.literal('conversation.item.input_audio_transcription.completed'),
  item_id: id,
  transcript: z.string(),
}) satisfies Used<Api.ConversationItemInputAudioTranscriptionCompletedEvent, 'item_id' | 'transcript'>;
const transcriptFailed = z.object({
  type: z.literal('conversation.item.input_audio_transcription.failed'),
  item_id: id,
}) satisfies Used<Api.ConversationItemInputAudioTranscriptionFailedEvent, 'item_id'>;
const truncated = z.object({
  type: z.literal('conversation.item.truncated'),
  item_id: id,
  audio_end_ms: z.number(),
}) satisfies Used<Api.ConversationItemTruncatedEvent, 'item_id' | 'audio_end_ms'>;
const deleted = z.object({
  type: z.literal('conversation.item.deleted'),
  item_id: id,
}) satisfies Used<Api.ConversationItemDeletedEvent, 'item_id'>;

const serverEvents = [
  z.object({ type: z.literal('session.created'), session }),
  z.object({ type: z.literal('session.updated'), session }),
  speechStarted,
  speechStopped,
  committed,
  transcriptCompleted,
  transcriptFailed,
  z.object({ type: z.literal('response.created'), response }),
  audioDelta,
  transcriptDelta,
  z.object({ type: z.literal('response.output_item.done'), response_id: id, item }),
  z.object({ type: z.literal('response.done'), response }),
  truncated,
  deleted,
  z.object({ type: z.literal('error'), error }),
] as const;

export type ServerEvent = z.infer<(typeof serverEvents)[number]>;

const schemas = new Map<string, z.ZodType<ServerEvent>>(
  serverEvents.map((schema) => [schema.shape.type.value, schema]),
);

/** Events that are known and tell nothing that is not told by another. */
const unneeded: ReadonlySet<string> = new Set<Api.RealtimeServerEvent['type']>([
  'conversation.created',
  'conversation.item.created',
  'conversation.item.added',
  'conversation.item.done',
  'conversation.item.input_audio_transcription.delta',
  'conversation.item.input_audio_transcription.segment',
  'input_audio_buffer.cleared',
  'rate_limits.updated',
  'response.content_part.added',
  'response.content_part.done',
  'response.function_call_arguments.delta',
  'response.function_call_arguments.done',
  'response.output_audio.done',
  'response.output_audio_transcript.done',
  'response.output_item.added',
]);

/** Four answers: an event we act on, one we do not need, one we do not know, or something that is no event. */
export type ParsedMessage =
  | { readonly kind: 'event'; readonly event: ServerEvent }
  | { readonly kind: 'unneeded' }
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'malformed'; readonly reason: string };

/** What deserves to be counted. */
export type UnusedMessage = Extract<ParsedMessage, { kind: 'unknown' | 'malformed' }>;

/** The type where the API puts it: what is not needed is not parsed either. */
const SHOWN_TYPE = /^\{(?:"event_id":"[\w-]*",)?"type":"([\w.]+)"/;

export const parseServerMessage = (text: string): ParsedMessage => {
  const words = cutWords(text);
  if (words) return { kind: 'event', event: words };
  const shown = SHOWN_TYPE.exec(text)?.[1];
  if (shown !== undefined && unneeded.has(shown)) return { kind: 'unneeded' };
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { kind: 'malformed', reason: 'not JSON' };
  }
  const type = (message as { type?: unknown } | null)?.type;
  if (typeof type !== 'string') return { kind: 'malformed', reason: 'no type' };
  const schema = schemas.get(type);
  if (!schema) return unneeded.has(type) ? { kind: 'unneeded' } : { kind: 'unknown', type };
  const parsed = schema.safeParse(message);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  const issue = parsed.error.issues[0];
  return { kind: 'malformed', reason: `${type}: ${issue?.path.join('.')} ${issue?.message}` };
};
