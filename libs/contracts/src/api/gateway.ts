import { z } from 'zod';
import { defineEndpoint } from '../endpoint';
import { businessIdSchema, callSidSchema, instantSchema, streamSidSchema } from '../ids';

const owner = 'media-gateway' as const;
const byCallSid = z.object({ callSid: callSidSchema });

/** What a replica knows of a call; `phase` decides what `stream_ended` does (IN5). */
export const callPhaseSchema = z.enum(['ringing', 'live', 'redirecting', 'transferring', 'ending', 'ended']);
export type CallPhase = z.infer<typeof callPhaseSchema>;

export const getStream = defineEndpoint({
  name: 'getStream',
  owner,
  method: 'GET',
  path: '/internal/streams/{callSid}',
  access: 'service',
  summary: 'Owner, generation and phase of a call on this replica; 404 when it does not know it',
  params: byCallSid,
  response: z.object({
    callSid: callSidSchema,
    owner: z.boolean(),
    generation: z.int(),
    phase: callPhaseSchema,
    streamSid: streamSidSchema.nullable(),
    /** Twilio has fetched the fallback from this replica. */
    fallbackFetched: z.boolean().default(false),
    /** This replica is about to end and closed the stream itself, for another one to take the call up. */
    handedOver: z.boolean().default(false),
    /** Names the process that answers: one that asks itself by another address knows it by this. */
    instance: z.string().optional(),
  }),
});
/** What was heard in a call so far, by the memory of the replica that had its last stream. */
export const getStreamPast = defineEndpoint({
  name: 'getStreamPast',
  owner,
  method: 'GET',
  path: '/internal/streams/{callSid}/past',
  access: 'service',
  summary: 'The conversation so far, as it was heard; 404 when this replica had no stream of the call',
  params: byCallSid,
  response: z.object({
    past: z.array(
      z.object({
        role: z.enum(['caller', 'agent', 'system']),
        text: z.string(),
        /** It was cut before its end. */
        interrupted: z.boolean().optional(),
      }),
    ),
  }),
});
export const reportCallOver = defineEndpoint({
  name: 'reportCallOver',
  owner,
  method: 'POST',
  path: '/internal/streams/{callSid}/over',
  access: 'service',
  summary: "Twilio's final status of a call, told to the replicas that did not get it",
  params: byCallSid,
  response: z.object({ accepted: z.literal(true) }),
});
export const reportStreamStarted = defineEndpoint({
  name: 'reportStreamStarted',
  owner,
  method: 'POST',
  path: '/internal/streams/{callSid}/started',
  access: 'service',
  summary:
    'The accepting replica tells the issuer of a stream token, and of a later generation everybody; 409 when the token was used before or a newer stream has the call',
  params: byCallSid,
  body: z.object({ jti: z.string().min(1).max(64), generation: z.int().min(1), streamSid: streamSidSchema }),
  response: z.object({ accepted: z.literal(true) }),
});
export const actOnCall = defineEndpoint({
  name: 'actOnCall',
  owner,
  method: 'POST',
  path: '/internal/calls/{sid}/actions',
  access: 'service',
  status: 202,
  summary: 'Hang up or transfer a live call, or apply the machine policy; any replica passes it to the owner',
  params: z.object({ sid: callSidSchema }),
  body: z.discriminatedUnion('action', [
    z.object({ action: z.literal('hang-up') }),
    z.object({ action: z.literal('transfer'), to: z.string() }),
    z.object({
      action: z.literal('machine-detected'),
      answeredBy: z.string(),
      /** What the campaign wants done with machines; the opening is left as a message when left out. */
      policy: z.enum(['hang-up', 'leave-message', 'talk']).optional(),
    }),
  ]),
  response: z.object({ accepted: z.boolean() }),
});
export const liveCallSchema = z.object({
  callSid: callSidSchema,
  businessId: businessIdSchema.nullable(),
  direction: z.enum(['inbound', 'outbound']),
  generation: z.int(),
  phase: callPhaseSchema,
  startedAt: instantSchema,
  /** Since its first webhook or, where another replica got that, since its stream. */
  durationMs: z.int().default(0),
  speaking: z.enum(['caller', 'agent', 'both', 'nobody']),
  queueDepth: z.int(),
  lastWords: z.string(),
});
export type LiveCall = z.infer<typeof liveCallSchema>;
export const listLiveCalls = defineEndpoint({
  name: 'listLiveCalls',
  owner,
  method: 'GET',
  path: '/internal/live-calls',
  access: 'service',
  summary: 'Calls live now, on all replicas or on this one',
  query: z.object({ scope: z.enum(['all', 'replica']).default('all') }),
  response: z.object({ calls: z.array(liveCallSchema) }),
});
export const streamLiveCalls = defineEndpoint({
  name: 'streamLiveCalls',
  owner,
  method: 'GET',
  path: '/internal/live-calls/events',
  access: 'service',
  summary:
    'Calls live on all replicas: an event `calls` at once and whenever they change, at most one a second',
  binary: 'text/event-stream',
});
/** The data of each event of {@link streamLiveCalls}. */
export const liveCallsEventSchema = z.object({ calls: z.array(liveCallSchema) });

export const gatewayEndpoints = [
  getStream,
  getStreamPast,
  reportCallOver,
  reportStreamStarted,
  actOnCall,
  listLiveCalls,
  streamLiveCalls,
];
