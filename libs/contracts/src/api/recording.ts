import { z } from 'zod';
import { defineEndpoint } from '../endpoint';
import { speakerSchema } from '../events/call-events';
import {
  accountSidSchema,
  businessIdSchema,
  callSidSchema,
  instantSchema,
  recordingSidSchema,
  uuidSchema,
} from '../ids';

const owner = 'recording-service' as const;
const bySid = z.object({ sid: callSidSchema });

export const recordingKindSchema = z.enum(['conversation', 'message', 'transfer']);
export const recordingStatusSchema = z.enum(['in-progress', 'processing', 'completed', 'absent', 'deleted']);

export const recordingSchema = z.object({
  recordingSid: recordingSidSchema,
  callSid: callSidSchema,
  kind: recordingKindSchema,
  status: recordingStatusSchema,
  /** As Twilio gave it; never composed from SIDs (RE1). */
  url: z.string().nullable(),
  /** Null while unknown: Twilio's "-1", absent or nonsense (RE3). */
  durationSeconds: z.number().nullable(),
  channels: z.int().nullable(),
  startedAt: instantSchema.nullable(),
  /** SHA-256 of the file in hex; null until it was fetched. */
  checksum: z.string().nullable().default(null),
  /** Completed downloads from Twilio, over all replicas. */
  downloads: z.int().default(0),
});

export const transcriptStatusSchema = z.enum(['queued', 'running', 'completed', 'failed']);
export const transcriptSegmentSchema = z.object({
  speaker: speakerSchema,
  text: z.string(),
  startMs: z.number().nullable(),
  endMs: z.number().nullable(),
});
export const transcriptSchema = z.object({
  id: uuidSchema,
  recordingSid: recordingSidSchema,
  callSid: callSidSchema,
  kind: recordingKindSchema,
  status: transcriptStatusSchema,
  language: z.string().nullable(),
  text: z.string(),
  segments: z.array(transcriptSegmentSchema),
  error: z.string().nullable(),
  /** Requests to the provider that were, or may have been, billed. */
  paidRequests: z.int().default(0),
  /** Those among them that asked again for what may have been billed before: after a crash or a time-out. */
  repeatedRequests: z.int().default(0),
  /** Seconds of sound that were sent to the provider. */
  audioSeconds: z.number().default(0),
});
export type Transcript = z.infer<typeof transcriptSchema>;

export const turnSchema = z.object({
  generation: z.int(),
  seq: z.int(),
  speaker: speakerSchema,
  itemId: z.string(),
  said: z.string(),
  heard: z.string(),
  estimated: z.boolean(),
  interrupted: z.boolean(),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
});
export type Turn = z.infer<typeof turnSchema>;

/** How a call ended, as an owner sees it; `live` until it has. `missed`: nobody spoke with the caller. */
export const callOutcomeSchema = z.enum([
  'live',
  'completed',
  'transferred',
  'message',
  'missed',
  'busy',
  'no-answer',
  'canceled',
  'failed',
]);
export type CallOutcome = z.infer<typeof callOutcomeSchema>;

/** What the caller lived through, over all streams of the call; null is not known. */
export const callQualitySchema = z.object({
  firstAudioMs: z.number().nullable(),
  /** From the end of the caller's turn to the first sound of the answer. */
  replyMedianMs: z.number().nullable(),
  replyMaxMs: z.number().nullable(),
  bargeIns: z.int(),
  bargeInMaxMs: z.number().nullable(),
  underruns: z.int(),
  stalls: z.int(),
  modelErrors: z.int(),
  resumes: z.int(),
  toolCalls: z.int(),
  toolFailures: z.int(),
});

/** What a call is billed by, as far as it is known. */
export const callCostSchema = z.object({
  /** From the ring to the end; telephone minutes are these, rounded up. */
  callSeconds: z.number().nullable(),
  callMinutes: z.int().nullable(),
  inputTokens: z.int().nullable(),
  outputTokens: z.int().nullable(),
  /** Seconds of sound sent for transcription. */
  transcribedSeconds: z.number(),
});

/** A message that the agent took, or that was left on the fallback. */
export const callMessageSchema = z.object({
  at: instantSchema,
  recordingSid: recordingSidSchema.nullable(),
  /** Whatever else the event says, such as the words and the number to call back. */
  details: z.record(z.string(), z.unknown()),
});

export const callSchema = z.object({
  callSid: callSidSchema,
  accountSid: accountSidSchema.nullable(),
  businessId: businessIdSchema.nullable(),
  direction: z.enum(['inbound', 'outbound']),
  from: z.string(),
  to: z.string(),
  attemptId: uuidSchema.nullable(),
  startedAt: instantSchema,
  endedAt: instantSchema.nullable(),
  endReason: z.string().nullable(),
  /** The conversation's recording if there is one, else the message's (RE1). */
  recordingUrl: z.string().nullable(),
  recordings: z.array(recordingSchema),
  /** Figures of `call.ended` and `call.first-audio`, as they came. */
  figures: z.record(z.string(), z.unknown()).nullable(),
  outcome: callOutcomeSchema.default('live'),
  /** A message waits in this call: on the owner's list. */
  hasMessage: z.boolean().default(false),
  messages: z.array(callMessageSchema).default([]),
  quality: callQualitySchema.nullable().default(null),
  cost: callCostSchema.nullable().default(null),
});
export type Call = z.infer<typeof callSchema>;

export const listCalls = defineEndpoint({
  name: 'listCalls',
  owner,
  method: 'GET',
  path: '/api/calls',
  access: 'people',
  summary: 'Calls, newest first',
  query: z.object({
    businessId: businessIdSchema.optional(),
    direction: z.enum(['inbound', 'outbound']).optional(),
    /** Part of a number of either side, in any writing: `+972 50-123`, `050123`; without a digit a name such as `anonymous`. */
    number: z.string().max(32).optional(),
    /** Began at this moment or later. */
    from: z.iso.datetime({ offset: true }).optional(),
    /** Began before this moment. */
    to: z.iso.datetime({ offset: true }).optional(),
    outcome: callOutcomeSchema.optional(),
    /** `true`: the owner's list of messages. */
    hasMessage: z.enum(['true', 'false']).optional(),
    /** Words said in the call, all of them, by their beginnings; Hebrew also behind its one-letter prefixes. */
    text: z.string().max(200).optional(),
    cursor: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  response: z.object({ calls: z.array(callSchema), nextCursor: z.string().nullable() }),
});
export const getCall = defineEndpoint({
  name: 'getCall',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}',
  access: 'people',
  summary: 'One call',
  params: bySid,
  response: callSchema,
});
export const deleteCall = defineEndpoint({
  name: 'deleteCall',
  owner,
  method: 'DELETE',
  path: '/api/calls/{sid}',
  access: 'people',
  status: 204,
  summary: 'Delete the data of a call everywhere it is',
  params: bySid,
});
export const getCallRecording = defineEndpoint({
  name: 'getCallRecording',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}/recording',
  access: 'people',
  summary: 'The recording for playback, with HTTP ranges',
  params: bySid,
  query: z.object({ recordingSid: recordingSidSchema.optional() }),
  binary: 'audio/wav',
});
export const downloadCallRecording = defineEndpoint({
  name: 'downloadCallRecording',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}/download',
  access: 'people',
  summary: 'The recording as a file',
  params: bySid,
  query: z.object({ recordingSid: recordingSidSchema.optional() }),
  binary: 'audio/wav',
});
export const getCallTranscript = defineEndpoint({
  name: 'getCallTranscript',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}/transcript',
  access: 'people',
  summary: 'The transcripts of a call, one a recording',
  params: bySid,
  response: z.object({ transcripts: z.array(transcriptSchema) }),
});
export const getCallTranscriptText = defineEndpoint({
  name: 'getCallTranscriptText',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}/transcript.txt',
  access: 'people',
  summary: 'The transcript to read: a line a turn, who and when',
  params: bySid,
  query: z.object({ recordingSid: recordingSidSchema.optional() }),
  binary: 'text/plain',
});
export const getCallTranscriptVtt = defineEndpoint({
  name: 'getCallTranscriptVtt',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}/transcript.vtt',
  access: 'people',
  summary: 'The transcript as WebVTT, for a player of the recording',
  params: bySid,
  query: z.object({ recordingSid: recordingSidSchema.optional() }),
  binary: 'text/vtt',
});
/** One event of a call as it came: all that the page of a call lays on its time axis. */
export const callLogEventSchema = z.object({
  id: z.string(),
  type: z.string(),
  generation: z.int(),
  seq: z.int(),
  at: instantSchema,
  data: z.record(z.string(), z.unknown()),
});
export const listCallEvents = defineEndpoint({
  name: 'listCallEvents',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}/events',
  access: 'people',
  summary: 'Everything that happened in a call, in order',
  params: bySid,
  response: z.object({ events: z.array(callLogEventSchema) }),
});
export const listCallTurns = defineEndpoint({
  name: 'listCallTurns',
  owner,
  method: 'GET',
  path: '/api/calls/{sid}/turns',
  access: 'people',
  summary: 'The turns of a call in order, as said and as heard',
  params: bySid,
  response: z.object({ turns: z.array(turnSchema) }),
});
export const retryTranscription = defineEndpoint({
  name: 'retryTranscription',
  owner,
  method: 'POST',
  path: '/api/transcriptions/{id}/retry',
  access: 'people',
  status: 202,
  summary: 'Run a failed transcription again',
  params: z.object({ id: uuidSchema }),
  response: transcriptSchema,
});
export const startCallRecording = defineEndpoint({
  name: 'startCallRecording',
  owner,
  method: 'POST',
  path: '/internal/calls/{sid}/recording/start',
  access: 'service',
  summary: 'Start the dual-channel recording of a live call, once a call',
  params: bySid,
  body: z.object({ businessId: businessIdSchema.nullable(), accountSid: accountSidSchema }),
  response: z.object({ recordingSid: recordingSidSchema }),
});
export const getCallContext = defineEndpoint({
  name: 'getCallContext',
  owner,
  method: 'GET',
  path: '/internal/calls/{sid}/context',
  access: 'service',
  summary: 'The turns so far, for resuming a call whose stream broke',
  params: bySid,
  response: z.object({ turns: z.array(turnSchema) }),
});

export const retentionSchema = z.object({
  businessId: businessIdSchema,
  /** Set by {@link putRetention}: days after its end that a call's data is kept; null says nothing. */
  days: z.int().min(1).max(3650).nullable(),
  /** What the profile's `retentionDays` says, as far as it was read. */
  profileDays: z.int().nullable().default(null),
  /** The longer of the two; null keeps the data. */
  inForceDays: z.int().nullable().default(null),
});
export const getRetention = defineEndpoint({
  name: 'getRetention',
  owner,
  method: 'GET',
  path: '/api/retention/{businessId}',
  access: 'people',
  summary: 'How long the data of a business is kept: as set here, as its profile says, and what holds',
  params: z.object({ businessId: businessIdSchema }),
  response: retentionSchema,
});
export const putRetention = defineEndpoint({
  name: 'putRetention',
  owner,
  method: 'PUT',
  path: '/api/retention/{businessId}',
  access: 'people',
  summary:
    'Have the data of a business kept for longer than its profile says, or for so long where it says nothing',
  params: z.object({ businessId: businessIdSchema }),
  body: retentionSchema.pick({ days: true }),
  response: retentionSchema,
});

export const recordingEndpoints = [
  listCalls,
  getCall,
  deleteCall,
  getCallRecording,
  downloadCallRecording,
  getCallTranscript,
  getCallTranscriptText,
  getCallTranscriptVtt,
  listCallEvents,
  listCallTurns,
  retryTranscription,
  getRetention,
  putRetention,
  startCallRecording,
  getCallContext,
];
