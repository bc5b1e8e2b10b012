import { join } from 'node:path';
import { type Environment } from '../processes/environment';
import { SIMULATED_ACCOUNT_SID, type ConstellationSettings, type ProcessName } from './settings';

/**
 * The wiring of the system as data, once: which processes there are, in which order they start, and which environment
 * each gets. The local stack and the tests run exactly this.
 */
export interface ProcessPlan {
  readonly name: ProcessName;
  /** tool: wait for its LISTENING line; service: also migrate first and wait for /readyz. */
  readonly kind: 'tool' | 'service';
  readonly migrates: boolean;
  readonly env: Environment;
}

/** Whoever stops a stack on his own machine does not wait for its calls to end. */
const LOCAL_DRAIN_MS = 2000;

/** Where the database and the broker are, known once they run. */
export interface Backends {
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
}

/** What has to run before any service, all at once; empty of what the person brought along. */
export const backendPlans = (settings: ConstellationSettings): ProcessPlan[] => {
  const { ports, dataDir } = settings;
  const tool = (name: ProcessName, env: Environment): ProcessPlan => ({
    name,
    kind: 'tool',
    migrates: false,
    env: {
      PORT: String(ports[name]),
      HOST: '127.0.0.1',
      DATA_DIR: join(dataDir, name),
      ...env,
      ...settings.extraEnv[name],
    },
  });
  return [
    ...(settings.databaseUrl
      ? []
      : [
          tool('embedded-postgres', {
            DATA_DIR: join(dataDir, 'postgres'),
            DURABLE: String(settings.isDurable),
          }),
        ]),
    ...(settings.kafkaBrokers ? [] : [tool('embedded-kafka', { DATA_DIR: join(dataDir, 'kafka') })]),
    ...(settings.openAi ? [] : [tool('openai-simulator', {})]),
    ...(settings.twilio
      ? []
      : [
          tool('twilio-simulator', {
            TWILIO_SIM_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
            TWILIO_SIM_AUTH_TOKEN: settings.secrets.simulatedAuthToken,
            TWILIO_SIM_ROUTES: `${new URL(settings.publicUrl).host}=${urlOf(settings, 'public-router')}`,
          }),
        ]),
  ];
};

/** The services, to be migrated and then started at once: each waits, bounded, for a neighbour that is not up yet. */
export const servicePlans = (settings: ConstellationSettings, backends: Backends): ProcessPlan[] => {
  const { ports, secrets, dataDir } = settings;
  const url = (name: ProcessName): string => urlOf(settings, name);
  const service = (name: ProcessName, migrates: boolean, env: Environment): ProcessPlan => ({
    name,
    kind: 'service',
    migrates,
    env: {
      PORT: String(ports[name]),
      HOST: '127.0.0.1',
      LOG_LEVEL: settings.logLevel,
      INTERNAL_API_TOKEN: secrets.internalApiToken,
      INTERNAL_URL: url(name),
      KAFKA_BROKERS: backends.kafkaBrokers,
      DRAIN_TIMEOUT_MS: String(LOCAL_DRAIN_MS),
      ...env,
      ...settings.extraEnv[name],
    },
  });
  const database = { DATABASE_URL: backends.databaseUrl };
  const openAi = {
    OPENAI_API_KEY: settings.openAi?.apiKey ?? 'sk-simulated-0000000000000000',
    ...optional(
      'OPENAI_BASE_URL',
      settings.openAi ? settings.openAi.baseUrl : `${url('openai-simulator')}/v1`,
    ),
    ...optional('OPENAI_REALTIME_MODEL', settings.openAi?.models?.realtime),
    ...optional('OPENAI_TTS_MODEL', settings.openAi?.models?.speech),
    ...optional('OPENAI_STT_MODEL', settings.openAi?.models?.transcription),
  };
  const twilio = {
    PUBLIC_URL: settings.publicUrl,
    TWILIO_ACCOUNT_SID: settings.twilio?.accountSid ?? SIMULATED_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: settings.twilio?.authToken ?? secrets.simulatedAuthToken,
    ...optional(
      'TWILIO_API_BASE_URL',
      settings.twilio ? settings.twilio.apiBaseUrl : url('twilio-simulator'),
    ),
  };
  const neighbours = {
    GREETING_SERVICE_URL: url('greeting-service'),
    RECORDING_SERVICE_URL: url('recording-service'),
    OUTBOUND_DIALER_URL: url('outbound-dialer'),
    MEDIA_GATEWAY_URL: url('media-gateway'),
  };
  return [
    service('greeting-service', true, { ...database, ...openAi }),
    service('recording-service', true, {
      ...database,
      ...openAi,
      ...twilio,
      ...neighbours,
      RECORDING_CACHE_DIR: join(dataDir, 'recordings'),
    }),
    service('outbound-dialer', true, { ...database, ...twilio, ...neighbours, SERVICE_ROLE: 'all' }),
    service('media-gateway', false, {
      ...openAi,
      ...twilio,
      ...neighbours,
      STREAM_TOKEN_SECRET: secrets.streamTokenSecret,
      TOOL_SIGNING_SECRET: secrets.toolSigningSecret,
      PROFILE_SNAPSHOT_FILE: join(dataDir, 'profiles.json'),
    }),
  ];
};

/** The public door comes last: nothing is let in before the services are ready. */
export const routerPlan = (
  settings: ConstellationSettings,
  gatewayUrls: readonly string[] = [urlOf(settings, 'media-gateway')],
): ProcessPlan => ({
  name: 'public-router',
  kind: 'tool',
  migrates: false,
  env: {
    PORT: String(settings.ports['public-router']),
    HOST: '127.0.0.1',
    MEDIA_GATEWAY_URL: gatewayUrls.join(','),
    RECORDING_SERVICE_URL: urlOf(settings, 'recording-service'),
    OUTBOUND_DIALER_URL: urlOf(settings, 'outbound-dialer'),
    ...settings.extraEnv['public-router'],
  },
});

export const urlOf = (settings: Pick<ConstellationSettings, 'ports'>, name: ProcessName): string =>
  `http://127.0.0.1:${settings.ports[name]}`;

const optional = (name: string, value: string | undefined): Environment =>
  value === undefined ? {} : { [name]: value };
