import {
  choice,
  type ConfigOf,
  flag,
  integer,
  list,
  optionalText,
  optionalUrl,
  readConfig,
  secrets,
  text,
  url,
} from '@frontdesk/runtime';
import { logLevels } from '@frontdesk/observability';

const MINUTE_MS = 60_000;
const GIBIBYTE = 1024 ** 3;

/** Every variable that recording-service reads. */
export const settings = {
  port: integer('PORT', 'Port to listen on', { default: 3003, min: 0, max: 65_535 }),
  host: text('HOST', 'Address to listen on', { default: '0.0.0.0' }),
  logLevel: choice('LOG_LEVEL', 'Least level to log', logLevels, { default: 'info' }),
  trustProxy: integer('TRUST_PROXY', 'How many proxies stand in front', { default: 0, min: 0, max: 10 }),
  drainTimeoutMs: integer('DRAIN_TIMEOUT_MS', 'How long a stopping service lets requests finish', {
    default: 5_000,
    min: 0,
    max: 10 * MINUTE_MS,
  }),
  publicUrl: url('PUBLIC_URL', 'Public origin that Twilio calls; signatures are checked against it', {
    protocols: ['https', 'http'],
  }),
  databaseUrl: url('DATABASE_URL', 'PostgreSQL; the schema is `recording`', {
    protocols: ['postgres', 'postgresql'],
    secret: true,
  }),
  kafkaBrokers: list('KAFKA_BROKERS', 'Brokers, host:port', { default: ['127.0.0.1:9092'] }),
  internalApiTokens: secrets('INTERNAL_API_TOKEN', 'Secrets of service tokens; the first signs, all verify'),
  twilioAccountSid: text('TWILIO_ACCOUNT_SID', 'Account whose calls are recorded'),
  twilioAuthTokens: secrets('TWILIO_AUTH_TOKEN', 'Auth tokens of the account; the first asks, all verify'),
  twilioApiBaseUrl: optionalUrl('TWILIO_API_BASE_URL', "Another address of Twilio's REST API and media"),
  validateSignature: flag('TWILIO_VALIDATE_SIGNATURE', "Check Twilio's signature on webhooks", {
    default: true,
  }),
  openAiApiKey: text('OPENAI_API_KEY', 'Key for transcription', { secret: true }),
  openAiBaseUrl: url('OPENAI_BASE_URL', 'Address of the OpenAI API', {
    default: 'https://api.openai.com/v1',
  }),
  transcriptionModel: text('OPENAI_STT_MODEL', 'Transcription model', { default: 'gpt-4o-mini-transcribe' }),
  localeDefault: text('GREETING_LOCALE_DEFAULT', 'Language of calls whose business is not known', {
    default: 'he-IL',
  }),
  greetingServiceUrl: url('GREETING_SERVICE_URL', 'greeting-service: how long profiles keep their calls', {
    default: 'http://127.0.0.1:3002',
  }),
  recordingFormats: text(
    'RECORDING_FORMATS',
    'Suffixes to try after a recording URL, comma-separated; an empty one is the bare URL',
    { default: '.wav,.mp3,' },
  ),
  cacheFolder: text('RECORDING_CACHE_DIR', 'Folder of downloaded recordings', {
    default: '.data/recordings',
  }),
  cacheMaxBytes: integer(
    'RECORDING_CACHE_MAX_BYTES',
    'Bound of that folder; the least recently used go first',
    {
      default: 5 * GIBIBYTE,
      min: 1_000_000,
      max: Number.MAX_SAFE_INTEGER,
    },
  ),
  cacheMaxAgeDays: integer(
    'RECORDING_CACHE_MAX_AGE_DAYS',
    'Days that a file nobody uses stays in that folder',
    {
      default: 30,
      min: 1,
      max: 3650,
    },
  ),
  maxRecordingBytes: integer('RECORDING_MAX_BYTES', 'Bound of one recording; a larger one is refused', {
    default: GIBIBYTE,
    min: 1_000_000,
    max: 4 * GIBIBYTE,
  }),
  storeUrl: optionalUrl(
    'RECORDING_STORE_URL',
    'S3-compatible store that replicas share: endpoint and bucket; unset: each fetches for itself',
  ),
  storeRegion: text('RECORDING_STORE_REGION', 'Region of that store', { default: 'us-east-1' }),
  storeAccessKeyId: optionalText('RECORDING_STORE_ACCESS_KEY_ID', 'Key of that store'),
  storeSecretAccessKey: optionalText('RECORDING_STORE_SECRET_ACCESS_KEY', 'Secret of that key', {
    secret: true,
  }),
  transcriptionConcurrency: integer('TRANSCRIPTION_CONCURRENCY', 'Recordings transcribed at once', {
    default: 2,
    min: 1,
    max: 32,
  }),
  reconcileIntervalMs: integer('RECONCILE_INTERVAL_MS', 'How often lost callbacks are looked for', {
    default: MINUTE_MS,
    min: 100,
    max: 60 * MINUTE_MS,
  }),
  reconcileAfterMs: integer('RECONCILE_AFTER_MS', 'How long a callback may be late before Twilio is asked', {
    default: 2 * MINUTE_MS,
    min: 100,
    max: 60 * MINUTE_MS,
  }),
};

export type RecordingConfig = ConfigOf<typeof settings>;

/** Reads and checks the environment; in production a service that does not check signatures does not start. */
export const readRecordingConfig = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RecordingConfig => {
  const config = readConfig(settings, environment);
  assertFormats(config.recordingFormats);
  if (config.storeUrl && !(config.storeAccessKeyId && config.storeSecretAccessKey))
    throw new Error(
      'RECORDING_STORE_URL needs RECORDING_STORE_ACCESS_KEY_ID and RECORDING_STORE_SECRET_ACCESS_KEY',
    );
  if (!config.validateSignature && environment.NODE_ENV === 'production')
    throw new Error('TWILIO_VALIDATE_SIGNATURE must not be false when NODE_ENV is production');
  return config;
};

/** `.wav,.mp3,` → `['.wav', '.mp3', '']`. */
export const formatsOf = (config: RecordingConfig): string[] =>
  config.recordingFormats.split(',').map((suffix) => suffix.trim());

const assertFormats = (formats: string): void => {
  if (!formats.split(',').every((suffix) => /^(\.[a-z0-9]{1,5})?$/.test(suffix.trim())))
    throw new Error(`RECORDING_FORMATS must list suffixes such as .wav, got ${JSON.stringify(formats)}`);
};
