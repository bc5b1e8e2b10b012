import { z } from 'zod';
import { eventEnvelope } from '../envelope';
import { callSidSchema, localeSchema, recordingSidSchema, streamSidSchema, uuidSchema } from '../ids';

/**
 * Every call event says which call, which generation of its stream (0 before the first stream) and its place in the
 * generation. Consumers order by generation and seq, never by arrival.
 */
const position = {
  callSid: callSidSchema,
  generation: z.int().min(0),
  seq: z.int().min(0),
  /** Milliseconds since the stream's `start`, where the event belongs to a stream. */
  streamMs: z.number().nullable().default(null),
};
const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  eventEnvelope(type, z.object({ ...position, ...shape }));

const directionSchema = z.enum(['inbound', 'outbound']);
/** Who spoke. `agent` is the product's word for the voice agent towards people. */
export const speakerSchema = z.enum(['caller', 'agent']);

export const callIncomingEvent = event('call.incoming', {
  direction: directionSchema,
  from: z.string(),
  to: z.string(),
  attemptId: uuidSchema.nullable(),
  /** The business's language, for the transcription; the default locale when left out. */
  locale: localeSchema.optional(),
});
export const callStreamStartedEvent = event('call.stream-started', { streamSid: streamSidSchema });
export const callFirstAudioEvent = event('call.first-audio', {
  /** From the stream's `start` to the first frame handed to the socket. */
  latencyMs: z.number(),
  source: z.enum(['greeting-cached', 'greeting-live', 'model', 'phrase']),
});
export const callGreetingCompletedEvent = event('call.greeting-completed', {
  totalMs: z.number(),
  heardMs: z.number(),
  complete: z.boolean(),
  text: z.string(),
  heardText: z.string(),
});
export const callRecordingStartedEvent = event('call.recording-started', {
  recordingSid: recordingSidSchema.nullable(),
});
export const callTurnEvent = event('call.turn', {
  turn: z.int().min(0),
  itemId: z.string(),
  speaker: speakerSchema,
  /** What was generated (agent) or transcribed (caller). */
  said: z.string(),
  /** What reached the listener: equals `said` for the caller; cut at the heard milliseconds for the agent. */
  heard: z.string(),
  /** True when `heard` was cut by a proportion of time, not by word times. */
  estimated: z.boolean(),
  interrupted: z.boolean(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
});
export const callBargeInEvent = event('call.barge-in', {
  responseId: z.string().nullable(),
  itemId: z.string().nullable(),
  /** From `speech_started` to the cancel sent (0 when there was nothing left to cancel). */
  latencyMs: z.number(),
  /** Milliseconds of the item given to the TX queue: what the caller will have heard. */
  truncatedAtMs: z.number(),
});
export const callStalledEvent = event('call.stalled', { gapMs: z.number() });
export const callUnderrunEvent = event('call.underrun', { count: z.int() });
export const callModelErrorEvent = event('call.model-error', { code: z.string(), recoverable: z.boolean() });
export const callDtmfEvent = event('call.dtmf', { digit: z.string().max(1) });
export const callToolEvent = event('call.tool', {
  name: z.string(),
  ok: z.boolean(),
  durationMs: z.number(),
  /** Why it failed; null when it did not. */
  error: z.string().nullable().optional(),
});
/** `asked`, `refused` (Twilio took no transfer), and then as Twilio says: `completed`, `no-answer`, `busy`, `failed`. */
export const callTransferEvent = event('call.transfer', { outcome: z.string() });
/** A message for the business: told to the agent, or recorded (then `recordingSid`). */
export const callMessageLeftEvent = event('call.message-left', {
  recordingSid: recordingSidSchema.nullable(),
  /** Who left it, as said. */
  name: z.string().nullable().optional(),
  /** Where to call back, as said. */
  number: z.string().nullable().optional(),
  text: z.string().nullable().optional(),
});
export const callRedirectedEvent = event('call.redirected', {
  reason: z.enum([
    'no-stream-start',
    'no-media',
    'media-lost',
    'stream-error',
    'agent-silent',
    'resume-failed',
    'overload',
  ]),
});
export const callResumedEvent = event('call.resumed', { fromGeneration: z.int().min(0) });
export const callOptedOutEvent = event('call.opted-out', {
  number: z.string(),
  how: z.enum(['spoken', 'keyed']),
});
export const callEndedEvent = event('call.ended', {
  reason: z.enum([
    'caller-hung-up',
    'agent-ended',
    'transferred',
    'redirected',
    'stream-lost',
    'max-length',
    'silence',
    'failed',
  ]),
  durationMs: z.number(),
  figures: z.object({
    framesSent: z.int(),
    framesDropped: z.int(),
    fps: z.number().nullable(),
    maxGapMs: z.number(),
    maxQueueDepth: z.int(),
    underruns: z.int(),
    bargeIns: z.int(),
    firstAudioMs: z.number().nullable(),
    /** Tokens that the model's answers of this stream were billed for, where the model says. */
    tokens: z.object({ input: z.int().min(0), output: z.int().min(0) }).optional(),
  }),
});

/** Everything that leaves a gateway about a call, on `call.events.v1`. */
export const callEventSchema = z.discriminatedUnion('type', [
  callIncomingEvent,
  callStreamStartedEvent,
  callFirstAudioEvent,
  callGreetingCompletedEvent,
  callRecordingStartedEvent,
  callTurnEvent,
  callBargeInEvent,
  callStalledEvent,
  callUnderrunEvent,
  callModelErrorEvent,
  callDtmfEvent,
  callToolEvent,
  callTransferEvent,
  callMessageLeftEvent,
  callRedirectedEvent,
  callResumedEvent,
  callOptedOutEvent,
  callEndedEvent,
]);
export type CallEvent = z.infer<typeof callEventSchema>;
export type CallEventType = CallEvent['type'];
export type CallEventOf<T extends CallEventType> = Extract<CallEvent, { type: T }>;
/** The data of one event type, without the position that the publisher fills in. */
export type CallEventDetail<T extends CallEventType> = Omit<
  CallEventOf<T>['data'],
  'callSid' | 'generation' | 'seq' | 'streamMs'
>;
