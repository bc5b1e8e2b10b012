import { z } from 'zod';
import { defineEndpoint } from '../endpoint';
import { businessIdSchema, e164Schema, framesKeySchema, instantSchema, localeSchema } from '../ids';
import { toolParameterProblems } from '../tool-parameters';

const owner = 'greeting-service' as const;

/** Tools that every agent may have; a business cannot give its own these names (RT9). */
export const builtInToolNames = [
  'end_call',
  'transfer_call',
  'send_dtmf',
  'take_message',
  'opt_out',
] as const;
export type BuiltInToolName = (typeof builtInToolNames)[number];

/** A business's own tool: an HTTP endpoint the agent may call (RT9). */
export const businessToolSchema = z.object({
  name: z.string().regex(/^[a-z][a-z0-9_]{0,47}$/),
  description: z.string().min(1).max(1000),
  url: z.url({ protocol: /^https$/ }),
  parameters: z.record(z.string(), z.unknown()),
  timeoutMs: z.int().min(500).max(20_000).default(8000),
});
export type BusinessTool = z.infer<typeof businessToolSchema>;

/** What an operator may enter: checked more strictly than what is stored already. */
const toolsInputSchema = z
  .array(businessToolSchema)
  .max(30)
  .superRefine((tools, context) => {
    const taken = new Set<string>(builtInToolNames);
    tools.forEach(({ name, url, parameters }, index) => {
      const wrong = (path: PropertyKey[], message: string): void =>
        context.addIssue({ code: 'custom', path: [index, ...path], message });
      if (taken.has(name)) wrong(['name'], `there is another tool ${name}`);
      taken.add(name);
      const { username, password } = new URL(url);
      if (username || password) wrong(['url'], 'must hold no credentials: requests are signed');
      for (const { path, message } of toolParameterProblems(parameters))
        wrong(['parameters', ...path], message);
    });
  });

/** A caller who says nothing: asked after `askAfterMs` of silence, and the call ends after `endAfterMs` more (RT9). */
const silentCallerSchema = z.object({
  askAfterMs: z.int().min(2000).max(120_000).default(10_000),
  endAfterMs: z.int().min(2000).max(600_000).default(15_000),
});

/** What an operator edits about a business (GR1). */
export const businessProfileInputSchema = z.object({
  name: z.string().trim().min(1).max(200),
  phoneNumbers: z.array(e164Schema).max(100),
  locale: localeSchema.optional(),
  voice: z.string().min(1).max(60).optional(),
  greetingText: z.string().trim().min(1).max(2000),
  instructions: z.string().max(20_000).default(''),
  tools: toolsInputSchema.default([]),
  transferNumber: e164Schema.nullable().default(null),
  fallbackPrompt: z.string().trim().min(1).max(600).nullable().default(null),
  greetingProtectMs: z.int().min(0).max(120_000).nullable().default(null),
  /**
   * Days after its end that recording-service keeps a call's data; null keeps it. `PUT /api/retention/{businessId}` of
   * recording-service may make it longer.
   */
  retentionDays: z.int().min(1).max(3650).nullable().default(null),
  /** Null: a silent caller is never asked, and the call goes on. */
  silentCaller: silentCallerSchema.nullable().default({ askAfterMs: 10_000, endAfterMs: 15_000 }),
  /** The key by which somebody we called opts out of further calls; null for none (OU4). */
  optOutKey: z
    .string()
    .regex(/^[0-9*]$/, 'must be one of the keys 0 to 9 and *')
    .nullable()
    .default(null),
});
export type BusinessProfileInput = z.infer<typeof businessProfileInputSchema>;

export const businessProfileSchema = businessProfileInputSchema.extend({
  id: businessIdSchema,
  locale: localeSchema,
  voice: z.string(),
  tools: z.array(businessToolSchema),
  /** Grows with every change of any profile: what gateways ask `since`. */
  revision: z.int().min(0),
  createdAt: instantSchema,
  updatedAt: instantSchema,
});
export type BusinessProfile = z.infer<typeof businessProfileSchema>;

/** The short phrases that go the same way as the greeting (GR7). */
export const phraseNames = [
  'bridge',
  'slow-tool',
  'fallback-prompt',
  'still-there',
  'max-length',
  'goodbye',
] as const;
export const phraseNameSchema = z.enum(phraseNames);
export type PhraseName = z.infer<typeof phraseNameSchema>;

/** One text that is, or will be, available as frames. */
export const spokenTextSchema = z.object({ key: framesKeySchema, text: z.string() });
export type SpokenText = z.infer<typeof spokenTextSchema>;

/** What a gateway keeps of a business: all it needs to take a call without asking anyone. */
export const profileSnapshotSchema = businessProfileSchema.extend({
  greeting: spokenTextSchema,
  /** Partial: a greeting-service of another release may know fewer, or more. */
  phrases: z.partialRecord(phraseNameSchema, spokenTextSchema),
});
export type ProfileSnapshot = z.infer<typeof profileSnapshotSchema>;

const byId = z.object({ id: businessIdSchema });

export const listBusinesses = defineEndpoint({
  name: 'listBusinesses',
  owner,
  method: 'GET',
  path: '/api/businesses',
  access: 'people',
  summary: 'All business profiles the caller may see',
  response: z.object({ businesses: z.array(businessProfileSchema) }),
});
export const createBusiness = defineEndpoint({
  name: 'createBusiness',
  owner,
  method: 'POST',
  path: '/api/businesses',
  access: 'people',
  status: 201,
  summary: 'Create a business profile; its greeting is synthesized ahead',
  body: businessProfileInputSchema,
  response: businessProfileSchema,
});
export const getBusiness = defineEndpoint({
  name: 'getBusiness',
  owner,
  method: 'GET',
  path: '/api/businesses/{id}',
  access: 'people',
  summary: 'One business profile',
  params: byId,
  response: businessProfileSchema,
});
export const putBusiness = defineEndpoint({
  name: 'putBusiness',
  owner,
  method: 'PUT',
  path: '/api/businesses/{id}',
  access: 'people',
  summary:
    'Replace a business profile; a new greeting is synthesized ahead and the old one never plays again',
  params: byId,
  body: businessProfileInputSchema,
  response: businessProfileSchema,
});
export const deleteBusiness = defineEndpoint({
  name: 'deleteBusiness',
  owner,
  method: 'DELETE',
  path: '/api/businesses/{id}',
  access: 'people',
  status: 204,
  summary: 'Delete a business profile',
  params: byId,
});
export const getGreetingWav = defineEndpoint({
  name: 'getGreetingWav',
  owner,
  method: 'GET',
  path: '/api/businesses/{id}/greeting.wav',
  access: 'people',
  summary: 'The greeting exactly as the phone will get it: 8 kHz mu-law WAV',
  params: byId,
  binary: 'audio/wav',
});
export const invalidateGreeting = defineEndpoint({
  name: 'invalidateGreeting',
  owner,
  method: 'POST',
  path: '/api/greeting/invalidate',
  access: 'people',
  summary: 'Drop the cached frames of a business on every level and warm them again',
  body: z.object({ business_id: z.string().optional() }).loose().default({}),
  response: z.object({ ok: z.literal(true), removed: z.int().min(0) }),
});
export const listProfilesSince = defineEndpoint({
  name: 'listProfilesSince',
  owner,
  method: 'GET',
  path: '/internal/profiles',
  access: 'service',
  summary: 'Profiles changed after a revision; the truth that gateways follow',
  query: z.object({
    since: z.coerce.number().int().min(0).default(0),
    /** Changes in one answer, in the order of their revisions; all when left out. */
    limit: z.coerce.number().int().min(1).max(10_000).optional(),
  }),
  response: z.object({
    /** What to ask `since` next. */
    revision: z.int().min(0),
    profiles: z.array(profileSnapshotSchema),
    deleted: z.array(businessIdSchema),
    /** The limit cut the answer off: ask again at once. */
    more: z.boolean().optional(),
  }),
});
export const getFrames = defineEndpoint({
  name: 'getFrames',
  owner,
  method: 'GET',
  path: '/internal/greetings/{key}',
  access: 'service',
  summary:
    'Synthesized frames as raw 8 kHz mu-law, a whole number of 160-byte frames; 404 while they do not exist',
  params: z.object({ key: framesKeySchema }),
  binary: 'audio/basic',
});
export const createPhrase = defineEndpoint({
  name: 'createPhrase',
  owner,
  method: 'POST',
  path: '/internal/phrases',
  access: 'service',
  summary: 'Synthesize a phrase or campaign opening ahead; answers when its frames exist',
  body: z.object({
    businessId: businessIdSchema,
    text: z.string().trim().min(1).max(2000),
    locale: localeSchema.optional(),
    voice: z.string().min(1).max(60).optional(),
    pool: z.enum(['phrase', 'campaign']),
  }),
  response: spokenTextSchema.extend({ frames: z.int().min(1) }),
});

export const greetingEndpoints = [
  listBusinesses,
  createBusiness,
  getBusiness,
  putBusiness,
  deleteBusiness,
  getGreetingWav,
  invalidateGreeting,
  listProfilesSince,
  getFrames,
  createPhrase,
];
