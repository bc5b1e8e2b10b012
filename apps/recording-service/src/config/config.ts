import { requestDrain, serviceSettings, serviceUrl } from '@frontdesk/http';
import { kafkaSettings } from '@frontdesk/messaging';
import { databaseSettings } from '@frontdesk/persistence';
import {
  ConfigError,
  type ConfigOf,
  integer,
  optionalText,
  optionalUrl,
  readConfig,
  text,
} from '@frontdesk/runtime';
import { openAiSettings } from '@frontdesk/speech';
import { twilioMistakes, twilioSettings } from '@frontdesk/telephony';

const MINUTE_MS = 60_000;
const GIBIBYTE = 1024 ** 3;

/** Every variable that recording-service reads. */
export const settings = {
  ...serviceSettings('recording-service'),
  drainTimeoutMs: requestDrain,
  ...databaseSettings('recording', { minPoolSize: 2 }),
  ...kafkaSettings,
  ...twilioSettings,
  ...openAiSettings,
  localeDefault: text('GREETING_LOCALE_DEFAULT', 'Language of calls whose business is not known', {
    default: 'he-IL',
  }),
  greetingServiceUrl: serviceUrl('greeting-service', 'Where profiles say how long their calls are kept'),
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

/** The settings of the environment; throws one {@link ConfigError} that names each wrong or missing variable. */
export const readRecordingConfig = (
  environment: Readonly<Record<string, string | undefined>> = process.env,
): RecordingConfig => {
  const config = readConfig(settings, environment);
  const { recordingFormats, storeUrl, storeAccessKeyId, storeSecretAccessKey } = config;
  const lines = twilioMistakes(config);
  if (!formatsOf(config).every((suffix) => /^(\.[a-z0-9]{1,5})?$/.test(suffix)))
    lines.push(`RECORDING_FORMATS must list suffixes such as .wav, got ${JSON.stringify(recordingFormats)}`);
  if (storeUrl && !(storeAccessKeyId && storeSecretAccessKey))
    lines.push(
      'RECORDING_STORE_URL needs RECORDING_STORE_ACCESS_KEY_ID and RECORDING_STORE_SECRET_ACCESS_KEY',
    );
  if (lines.length > 0) throw new ConfigError(lines);
  return config;
};

/** `.wav,.mp3,` → `['.wav', '.mp3', '']`. */
export const formatsOf = (config: RecordingConfig): string[] =>
  config.recordingFormats.split(',').map((suffix) => suffix.trim());
