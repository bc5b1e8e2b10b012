import { z } from 'zod';
import { defineEndpoint } from '../endpoint';
import { attemptStateSchema, dialOutcomeSchema } from '../events/other-events';
import {
  businessIdSchema,
  callSidSchema,
  e164Schema,
  framesKeySchema,
  instantSchema,
  localeSchema,
  uuidSchema,
} from '../ids';

const owner = 'outbound-dialer' as const;
const byId = z.object({ id: uuidSchema });
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be HH:MM');

export const campaignStateSchema = z.enum(['draft', 'running', 'paused', 'cancelled', 'finished']);
export const machinePolicySchema = z.enum(['hang-up', 'leave-message', 'talk']);

export const campaignInputSchema = z.object({
  businessId: businessIdSchema,
  name: z.string().trim().min(1).max(200),
  openingLine: z.string().trim().min(1).max(2000),
  instructions: z.string().max(20_000).default(''),
  callerNumber: e164Schema,
  callingHours: z.object({ from: clockTime, to: clockTime }).default({ from: '09:00', to: '20:00' }),
  timeZone: z.string().min(1).max(60).default('Asia/Jerusalem'),
  maxAttempts: z.int().min(1).max(10).default(3),
  /** Calls to one number on one day of its own calendar, over all campaigns of the business. */
  maxAttemptsPerDay: z.int().min(1).max(10).default(3),
  retryDelaySeconds: z
    .int()
    .min(1)
    .max(7 * 24 * 3600)
    .default(900),
  ringTimeoutSeconds: z.int().min(5).max(600).default(30),
  callsPerSecond: z.number().gt(0).max(100).default(1),
  maxConcurrentCalls: z.int().min(1).max(1000).default(5),
  machinePolicy: machinePolicySchema.default('hang-up'),
});
export type CampaignInput = z.infer<typeof campaignInputSchema>;
export const campaignSchema = campaignInputSchema.extend({
  id: uuidSchema,
  state: campaignStateSchema,
  stateReason: z.string().nullable(),
  createdAt: instantSchema,
});
export type Campaign = z.infer<typeof campaignSchema>;

export const contactInputSchema = z.object({
  /** As written by people; what is no telephone number is reported with its row. */
  number: z.string().max(200),
  name: z.string().max(200).default(''),
  timeZone: z.string().max(60).nullable().default(null),
  consent: z.boolean().default(true),
});
export const contactRowErrorSchema = z.object({
  row: z.int().min(1),
  number: z.string(),
  reason: z.string(),
});
/** Rows of one upload. */
export const MAX_CONTACTS = 100_000;
/** Rejected rows that are told one by one. */
export const MAX_REJECTED_SHOWN = 1000;
export const contactsAddedSchema = z.object({
  added: z.int(),
  /** The first of them, at most 1,000. */
  rejected: z.array(contactRowErrorSchema).max(MAX_REJECTED_SHOWN),
  rejectedTotal: z.int(),
});
export type ContactsAdded = z.infer<typeof contactsAddedSchema>;
export const contactSchema = z.object({
  id: uuidSchema,
  number: e164Schema,
  name: z.string(),
  outcome: dialOutcomeSchema.nullable(),
  attempts: z.array(
    z.object({
      id: uuidSchema,
      number: z.int().min(1),
      state: attemptStateSchema,
      outcome: dialOutcomeSchema.nullable(),
      callSid: callSidSchema.nullable(),
      askedAt: instantSchema.nullable(),
    }),
  ),
});
export type Contact = z.infer<typeof contactSchema>;

/** What would come of a campaign if it were started now (OU4). */
export const campaignPreviewSchema = z.object({
  contacts: z.int(),
  /** Called as soon as rate and concurrency allow. */
  now: z.int(),
  /** Called later, by reason. */
  later: z.array(z.object({ reason: z.enum(['outside-hours', 'attempts-per-day']), contacts: z.int() })),
  /** Never called, by reason. */
  skipped: z.array(
    z.object({ reason: z.enum(['do-not-call', 'no-consent', 'outside-hours']), contacts: z.int() }),
  ),
  /** For people: "3 of 10 will be skipped because …". */
  summary: z.string(),
});
export type CampaignPreview = z.infer<typeof campaignPreviewSchema>;

export const campaignProgressSchema = z.object({
  state: campaignStateSchema,
  queued: z.int(),
  dialling: z.int(),
  inProgress: z.int(),
  done: z.int(),
  byOutcome: z.partialRecord(dialOutcomeSchema, z.int()),
});
export type CampaignProgress = z.infer<typeof campaignProgressSchema>;

export const createCampaign = defineEndpoint({
  name: 'createCampaign',
  owner,
  method: 'POST',
  path: '/api/campaigns',
  access: 'people',
  status: 201,
  summary: 'Create a campaign as a draft',
  body: campaignInputSchema,
  response: campaignSchema,
});
export const listCampaigns = defineEndpoint({
  name: 'listCampaigns',
  owner,
  method: 'GET',
  path: '/api/campaigns',
  access: 'people',
  summary: 'Campaigns, newest first',
  query: z.object({ businessId: businessIdSchema.optional() }),
  response: z.object({ campaigns: z.array(campaignSchema) }),
});
export const getCampaign = defineEndpoint({
  name: 'getCampaign',
  owner,
  method: 'GET',
  path: '/api/campaigns/{id}',
  access: 'people',
  summary: 'One campaign',
  params: byId,
  response: campaignSchema,
});
export const addContacts = defineEndpoint({
  name: 'addContacts',
  owner,
  method: 'POST',
  path: '/api/campaigns/{id}/contacts',
  access: 'people',
  status: 201,
  summary:
    'Add contacts: a JSON list here, or text/csv with a header row, which is read as a stream. Bad rows are reported one by one; with any bad row nothing is stored unless skipInvalid is set. A repeated Idempotency-Key header answers what the first upload with it answered',
  params: byId,
  query: z.object({ skipInvalid: z.stringbool().default(false) }),
  body: z.object({ contacts: z.array(contactInputSchema).min(1).max(MAX_CONTACTS) }),
  response: contactsAddedSchema,
});
export const listContacts = defineEndpoint({
  name: 'listContacts',
  owner,
  method: 'GET',
  path: '/api/campaigns/{id}/contacts',
  access: 'people',
  summary:
    'Contacts of a campaign with their attempts and outcomes, in the order of upload, a page at a time',
  params: byId,
  query: z.object({
    /** The last contact of the page before. */
    after: uuidSchema.optional(),
    limit: z.coerce.number().int().min(1).max(10_000).default(1000),
  }),
  response: z.object({
    contacts: z.array(contactSchema),
    /** `after` of the next page; null at the end. */
    next: uuidSchema.nullable(),
  }),
});
const transition = (verb: 'start' | 'pause' | 'resume' | 'cancel') =>
  defineEndpoint({
    name: `${verb}Campaign`,
    owner,
    method: 'POST',
    path: `/api/campaigns/{id}/${verb}`,
    access: 'people',
    summary: `${verb[0]!.toUpperCase()}${verb.slice(1)} a campaign`,
    params: byId,
    response: campaignSchema,
  });
export const startCampaign = transition('start');
export const pauseCampaign = transition('pause');
export const resumeCampaign = transition('resume');
export const cancelCampaign = transition('cancel');
export const getCampaignProgress = defineEndpoint({
  name: 'getCampaignProgress',
  owner,
  method: 'GET',
  path: '/api/campaigns/{id}/progress',
  access: 'people',
  summary: 'Counters of a campaign',
  params: byId,
  response: campaignProgressSchema,
});
export const streamCampaignProgress = defineEndpoint({
  name: 'streamCampaignProgress',
  owner,
  method: 'GET',
  path: '/api/campaigns/{id}/progress/stream',
  access: 'people',
  binary: 'text/event-stream',
  summary: 'Counters of a campaign as server-sent events: the present ones, then each change',
  params: byId,
});
export const getCampaignPreview = defineEndpoint({
  name: 'getCampaignPreview',
  owner,
  method: 'GET',
  path: '/api/campaigns/{id}/preview',
  access: 'people',
  summary:
    'Who would be called now or later, and who would be skipped and why, if the campaign were started now',
  params: byId,
  response: campaignPreviewSchema,
});
export const getCampaignResults = defineEndpoint({
  name: 'getCampaignResults',
  owner,
  method: 'GET',
  path: '/api/campaigns/{id}/results.csv',
  access: 'people',
  binary: 'text/csv',
  summary: 'Every contact with its outcome and calls as CSV',
  params: byId,
});
export const addDoNotCall = defineEndpoint({
  name: 'addDoNotCall',
  owner,
  method: 'POST',
  path: '/api/do-not-call',
  access: 'people',
  status: 201,
  summary: 'Put a number on the do-not-call list of a business, or of all (businessId null)',
  body: z.object({
    businessId: businessIdSchema.nullable(),
    number: e164Schema,
    reason: z.string().max(200).default(''),
  }),
  response: z.object({ number: e164Schema }),
});
export const getAttemptContext = defineEndpoint({
  name: 'getAttemptContext',
  owner,
  method: 'GET',
  path: '/internal/attempts/{id}/context',
  access: 'service',
  summary: 'What a gateway needs to handle the answered call of an attempt',
  params: byId,
  response: z.object({
    attemptId: uuidSchema,
    campaignId: uuidSchema,
    businessId: businessIdSchema,
    locale: localeSchema.nullable(),
    openingText: z.string(),
    /** Whom the attempt calls. */
    number: e164Schema.optional(),
    /** Key of the opening's frames at greeting-service; null while they are not synthesized. */
    openingKey: framesKeySchema.nullable(),
    instructions: z.string(),
  }),
});

export const dialerEndpoints = [
  createCampaign,
  listCampaigns,
  getCampaign,
  addContacts,
  listContacts,
  startCampaign,
  pauseCampaign,
  resumeCampaign,
  cancelCampaign,
  getCampaignProgress,
  streamCampaignProgress,
  getCampaignPreview,
  getCampaignResults,
  addDoNotCall,
  getAttemptContext,
];
