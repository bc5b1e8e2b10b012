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
    number: z.string().max(32).optional(),
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

export const recordingEndpoints = [
  listCalls,
  getCall,
  deleteCall,
  getCallRecording,
  downloadCallRecording,
  getCallTranscript,
  listCallTurns,
  retryTranscription,
  startCallRecording,
  getCallContext,
];
