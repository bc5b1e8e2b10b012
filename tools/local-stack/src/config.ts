import { defaultPorts } from '@frontdesk/contracts';
import {
  choice,
  ConfigError,
  integer,
  optionalText,
  optionalUrl,
  readConfig,
  type ConfigOf,
} from '@frontdesk/runtime';
import { type ConstellationSettings, LOCAL_PUBLIC_URL, type Ports } from '@frontdesk/test-harness';

/** The environment of `npm start`. PORT and HOST are not among it: a shell that exports them moves nothing here. */
export const settings = {
  portBase: integer('FRONTDESK_PORT_BASE', 'Moves all ports: media-gateway is this + 1, and so on', {
    default: 3000,
    min: 1024,
    max: 65_000,
  }),
  databaseUrl: optionalUrl('DATABASE_URL', 'A PostgreSQL of yours instead of the embedded one', {
    protocols: ['postgres', 'postgresql'],
    secret: true,
  }),
  kafkaBrokers: optionalText('KAFKA_BROKERS', 'A Kafka of yours instead of the embedded broker'),
  openAiApiKey: optionalText('OPENAI_API_KEY', 'The real OpenAI instead of the simulator', { secret: true }),
  openAiBaseUrl: optionalUrl('OPENAI_BASE_URL', 'Another address of OpenAI, with OPENAI_API_KEY'),
  realtimeModel: optionalText('OPENAI_REALTIME_MODEL', 'Model that talks, with OPENAI_API_KEY'),
  speechModel: optionalText('OPENAI_TTS_MODEL', 'Speech model, with OPENAI_API_KEY'),
  transcriptionModel: optionalText('OPENAI_STT_MODEL', 'Transcription model, with OPENAI_API_KEY'),
  twilioAccountSid: optionalText('TWILIO_ACCOUNT_SID', 'The real Twilio instead of the simulator'),
  twilioAuthToken: optionalText('TWILIO_AUTH_TOKEN', 'Its auth token', { secret: true }),
  twilioApiBaseUrl: optionalUrl('TWILIO_API_BASE_URL', 'Another address of Twilio, with TWILIO_ACCOUNT_SID'),
  publicUrl: optionalUrl('PUBLIC_URL', 'Where Twilio reaches the public router; needed with the real Twilio'),
  logLevel: choice('LOG_LEVEL', 'Of the services', ['error', 'warn', 'info', 'debug'], { default: 'info' }),
};
export type StackConfig = ConfigOf<typeof settings>;

/** @param isLive everything that a call of a real phone needs must be named, in one line */
export const loadConfig = (environment: NodeJS.ProcessEnv, isLive = false): StackConfig => {
  const config = readConfig(settings, environment);
  const missing = isLive ? neededLive.filter((key) => !config[key]).map((key) => settings[key].variable) : [];
  if (missing.length > 0)
    throw new ConfigError([`--live needs your own accounts: set ${missing.join(', ')} in this shell`]);
  const lines: string[] = [];
  if (config.twilioAccountSid && !config.twilioAuthToken)
    lines.push('TWILIO_AUTH_TOKEN is required when TWILIO_ACCOUNT_SID is set');
  if (config.twilioAccountSid && !config.publicUrl)
    lines.push('PUBLIC_URL is required when TWILIO_ACCOUNT_SID is set: Twilio must reach this machine');
  if (lines.length > 0) throw new ConfigError(lines);
  return config;
};

const neededLive = ['twilioAccountSid', 'twilioAuthToken', 'publicUrl', 'openAiApiKey'] as const;

/** Fixed places of the backends, beside those of architecture §4. */
const DEFAULT_BASE = 3000;
const EMBEDDED_KAFKA_OFFSET = 103;
const EMBEDDED_POSTGRES_OFFSET = 104;

export const portsFrom = (base: number): Ports => {
  const moved = (port: number): number => port - DEFAULT_BASE + base;
  return {
    'embedded-postgres': base + EMBEDDED_POSTGRES_OFFSET,
    'embedded-kafka': base + EMBEDDED_KAFKA_OFFSET,
    'openai-simulator': moved(defaultPorts['openai-simulator']),
    'twilio-simulator': moved(defaultPorts['twilio-simulator']),
    'greeting-service': moved(defaultPorts['greeting-service']),
    'recording-service': moved(defaultPorts['recording-service']),
    'outbound-dialer': moved(defaultPorts['outbound-dialer']),
    'media-gateway': moved(defaultPorts['media-gateway']),
    'public-router': moved(defaultPorts['public-router']),
  };
};

/** The real servers and accounts that the environment names, one by one; what it does not name is simulated. */
export const realBackends = (
  config: StackConfig,
): Pick<ConstellationSettings, 'databaseUrl' | 'kafkaBrokers' | 'openAi' | 'twilio' | 'publicUrl'> => ({
  ...(config.databaseUrl ? { databaseUrl: config.databaseUrl } : {}),
  ...(config.kafkaBrokers ? { kafkaBrokers: config.kafkaBrokers } : {}),
  ...(config.openAiApiKey
    ? {
        openAi: {
          apiKey: config.openAiApiKey,
          models: {
            realtime: config.realtimeModel,
            speech: config.speechModel,
            transcription: config.transcriptionModel,
          },
          ...(config.openAiBaseUrl ? { baseUrl: config.openAiBaseUrl } : {}),
        },
      }
    : {}),
  ...(config.twilioAccountSid && config.twilioAuthToken
    ? {
        twilio: {
          accountSid: config.twilioAccountSid,
          authToken: config.twilioAuthToken,
          ...(config.twilioApiBaseUrl ? { apiBaseUrl: config.twilioApiBaseUrl } : {}),
        },
      }
    : {}),
  publicUrl: config.publicUrl ?? LOCAL_PUBLIC_URL,
});
