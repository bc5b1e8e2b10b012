import { serviceSettings } from '@frontdesk/http';
import { kafkaSettings } from '@frontdesk/messaging';
import { databaseSettings } from '@frontdesk/persistence';
import { integer, optionalText, optionalUrl, text, type ConfigOf } from '@frontdesk/runtime';
import { openAiSettings } from '@frontdesk/speech';
import { providers } from './providers';

/** Every variable of greeting-service, once: the README's table and example.env repeat these. */
export const settings = {
  ...serviceSettings('greeting-service'),
  internalUrl: optionalUrl(
    'INTERNAL_URL',
    'How other replicas reach this one, to hear what it makes; without it they wait until it is stored',
  ),
  ...databaseSettings('greeting', { minPoolSize: 2 }),
  ...kafkaSettings,
  ttsProviders: providers(
    'TTS_PROVIDER',
    'Who speaks: `openai`, `openai-realtime`, `offline` (espeak-ng, must be installed), or several in the order in which they step in',
  ),
  ttsTimeoutMs: integer('TTS_TIMEOUT_MS', 'Bound on the wait for speech and for each further piece of it', {
    default: 10_000,
    min: 500,
    max: 120_000,
  }),
  ...openAiSettings,
  openAiApiKey: optionalText('OPENAI_API_KEY', 'Needed by the two of OpenAI', { secret: true }),
  openAiTtsModel: text('OPENAI_TTS_MODEL', 'Speech model; all known ones are shut down on 2027-01-06', {
    default: 'gpt-4o-mini-tts',
  }),
  openAiRealtimeModel: text('OPENAI_REALTIME_MODEL', 'Model that reads texts aloud with `openai-realtime`', {
    default: 'gpt-realtime-2.1-mini',
  }),
  espeakProgram: text('ESPEAK_PROGRAM', 'The offline voice, by name or path', { default: 'espeak-ng' }),
  localeDefault: text('GREETING_LOCALE_DEFAULT', 'Language of a business that names none', {
    default: 'he-IL',
  }),
  voiceDefault: text(
    'GREETING_VOICE_DEFAULT',
    'Voice of a business that names none, or one the provider does not have',
    {
      default: 'alloy',
    },
  ),
  greetingCacheMax: integer('GREETING_CACHE_MAX', 'Greetings in memory', {
    default: 256,
    min: 1,
    max: 100_000,
  }),
  phraseCacheMax: integer('GREETING_PHRASE_CACHE_MAX', 'Short phrases in memory', {
    default: 1280,
    min: 1,
    max: 100_000,
  }),
  campaignCacheMax: integer('GREETING_CAMPAIGN_CACHE_MAX', 'Campaign openings in memory', {
    default: 256,
    min: 1,
    max: 100_000,
  }),
  warmConcurrency: integer('GREETING_WARM_CONCURRENCY', 'Syntheses at once when warming ahead', {
    default: 2,
    min: 1,
    max: 50,
  }),
  campaignPerMinute: integer('GREETING_CAMPAIGN_PER_MINUTE', 'Syntheses of campaign openings a minute', {
    default: 120,
    min: 1,
    max: 10_000,
  }),
  campaignKeepDays: integer(
    'GREETING_CAMPAIGN_KEEP_DAYS',
    'Days after its last use that a campaign opening is kept',
    {
      default: 30,
      min: 1,
      max: 3650,
    },
  ),
  campaignStoredMax: integer('GREETING_CAMPAIGN_STORED_MAX', 'Campaign openings in the database', {
    default: 100_000,
    min: 1,
    max: 10_000_000,
  }),
  followMs: integer('GREETING_FOLLOW_MS', 'How often to look for profiles that another replica changed', {
    default: 1000,
    min: 50,
    max: 60_000,
  }),
};

export type GreetingConfig = ConfigOf<typeof settings>;
