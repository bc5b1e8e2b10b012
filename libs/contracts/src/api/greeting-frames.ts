import { z } from 'zod';
import { defineEndpoint } from '../endpoint';
import { businessIdSchema, framesKeySchema, instantSchema, localeSchema } from '../ids';

const owner = 'greeting-service' as const;

/** Keys that one bulk request may name. */
export const MAX_BULK_KEYS = 500;
/** Openings that one request may ask for. */
export const MAX_OPENINGS = 500;

const madeBySchema = z.object({
  frames: z.int().min(1),
  durationMs: z.int().min(20),
  /** Who spoke it, and with which model. */
  provider: z.string(),
  model: z.string(),
  madeAt: instantSchema,
});
/** A text that is spoken, and what of it exists; `made` is null while it does not. */
export const spokenStateSchema = z.object({
  key: framesKeySchema,
  text: z.string(),
  made: madeBySchema.nullable(),
});

export const getGreetingState = defineEndpoint({
  name: 'getGreetingState',
  owner,
  method: 'GET',
  path: '/api/businesses/{id}/greeting',
  access: 'people',
  summary: 'Whether the greeting and the phrases of a business exist as frames, and who spoke them',
  params: z.object({ id: businessIdSchema }),
  response: z.object({
    locale: localeSchema,
    voice: z.string(),
    greeting: spokenStateSchema,
    phrases: z.record(z.string(), spokenStateSchema),
  }),
});

const poolStatisticsSchema = z.object({
  /** In this replica's memory. */
  memory: z.object({
    entries: z.int(),
    maxEntries: z.int(),
    bytes: z.int(),
    hits: z.int(),
    evictions: z.int(),
  }),
  /** In the database, for all replicas. */
  durable: z.object({ entries: z.int(), bytes: z.int(), hits: z.int() }),
});
export const getGreetingStatistics = defineEndpoint({
  name: 'getGreetingStatistics',
  owner,
  method: 'GET',
  path: '/api/greeting/statistics',
  access: 'people',
  summary:
    'What the caches of greetings, phrases and campaign openings hold, counted since this replica began, and how the speech providers do',
  response: z.object({
    pools: z.record(z.string(), poolStatisticsSchema),
    misses: z.int(),
    /** Syntheses that run in this replica. */
    running: z.int(),
    /** Texts that wait to be synthesized ahead by this replica. */
    waiting: z.int(),
    /** In the order in which they are asked; a provider that is `open` failed and is left alone for a while. */
    providers: z.array(
      z.object({
        provider: z.string(),
        model: z.string(),
        state: z.enum(['closed', 'half-open', 'open']),
        served: z.int(),
        failed: z.int(),
      }),
    ),
  }),
});

export const getManyFrames = defineEndpoint({
  name: 'getManyFrames',
  owner,
  method: 'POST',
  path: '/internal/greetings',
  access: 'service',
  summary:
    'Frames of many keys: for each, 32 bytes of key, 4 bytes of length (big-endian; 0: they do not exist), the mu-law; a full answer ends early, and the keys that are not in it are asked for again',
  body: z.object({ keys: z.array(framesKeySchema).min(1).max(MAX_BULK_KEYS) }),
  binary: 'application/octet-stream',
});

export const speakGreeting = defineEndpoint({
  name: 'speakGreeting',
  owner,
  method: 'GET',
  path: '/internal/greetings/{key}/speech',
  access: 'service',
  summary:
    'Frames as getFrames, and where they do not exist the speech while it is made: raw 8 kHz mu-law in whole frames as soon as the first are there. A body that is cut is a speech that broke off',
  params: z.object({ key: framesKeySchema }),
  query: z.object({
    businessId: businessIdSchema,
    /** Asked by another replica: only what exists or is made in this one, else 404. */
    relayed: z.literal('yes').optional(),
  }),
  binary: 'audio/basic',
});

export const requestOpenings = defineEndpoint({
  name: 'requestOpenings',
  owner,
  method: 'POST',
  path: '/internal/openings',
  access: 'service',
  summary:
    'Have the opening lines of a campaign synthesized ahead, one for each person; answers at once with what exists. Ask again until all do',
  body: z.object({
    businessId: businessIdSchema,
    /** May hold placeholders: `Hello {first_name}, this is Dana’s Bakery`. */
    template: z.string().trim().min(1).max(2000),
    /** What stands in the place of each placeholder; one that is missing or empty is left out, with its comma. */
    people: z
      .array(z.record(z.string(), z.string().max(200)))
      .min(1)
      .max(MAX_OPENINGS),
    locale: localeSchema.optional(),
    voice: z.string().min(1).max(60).optional(),
  }),
  response: z.object({
    /** In the order of `people`. */
    openings: z.array(z.object({ key: framesKeySchema, text: z.string(), ready: z.boolean() })),
  }),
});

export const greetingFramesEndpoints = [
  getGreetingState,
  getGreetingStatistics,
  getManyFrames,
  speakGreeting,
  requestOpenings,
];
