import { defaultPorts } from '@frontdesk/contracts';
import {
  choice,
  flag,
  integer,
  list,
  optionalText,
  optionalUrl,
  secrets,
  text,
  url,
  type ConfigOf,
} from '@frontdesk/runtime';

const HOUR_MS = 3_600_000;

/** Every variable of media-gateway, once: the README's table and example.env repeat these. */
export const settings = {
  port: integer('PORT', 'Port to listen on; 0 takes a free one', {
    default: defaultPorts['media-gateway'],
    min: 0,
    max: 65_535,
  }),
  host: text('HOST', 'Address to listen on', { default: '0.0.0.0' }),
  publicUrl: optionalText(
    'PUBLIC_URL',
    'Host or URL by which Twilio reaches us; required while signatures are checked',
  ),
  trustProxy: integer('TRUST_PROXY', 'Proxies in front of the service', { default: 0, min: 0, max: 10 }),
  internalUrl: optionalUrl(
    'INTERNAL_URL',
    'How other replicas reach this one, required with GATEWAY_PEERS; http://127.0.0.1:PORT when unset',
  ),
  gatewayPeers: list(
    'GATEWAY_PEERS',
    'Internal URLs of all replicas, comma-separated; or dns:HOST:PORT of a headless Service',
    { default: [] },
  ),
  twilioAccountSid: text('TWILIO_ACCOUNT_SID', 'Twilio account, AC…'),
  twilioAuthToken: secrets('TWILIO_AUTH_TOKEN', 'Auth tokens of the account: the first is used, all verify'),
  twilioApiBaseUrl: url('TWILIO_API_BASE_URL', 'Twilio REST API', { default: 'https://api.twilio.com' }),
  twilioValidateSignature: flag(
    'TWILIO_VALIDATE_SIGNATURE',
    'Check the signature of webhooks and streams; false is refused in production',
    { default: true },
  ),
  nodeEnv: choice('NODE_ENV', 'Where it runs', ['development', 'test', 'production'], {
    default: 'development',
  }),
  openAiApiKey: text('OPENAI_API_KEY', 'OpenAI key', { secret: true }),
  openAiBaseUrl: url('OPENAI_BASE_URL', 'OpenAI API; the Realtime socket is derived from it', {
    default: 'https://api.openai.com/v1',
  }),
  openAiRealtimeModel: text('OPENAI_REALTIME_MODEL', 'Model that talks', { default: 'gpt-realtime-2.1' }),
  openAiSttModel: text('OPENAI_STT_MODEL', 'Model that transcribes the caller during the call', {
    default: 'gpt-4o-mini-transcribe',
  }),
  greetingServiceUrl: url('GREETING_SERVICE_URL', 'greeting-service', { default: 'http://127.0.0.1:3002' }),
  recordingServiceUrl: url('RECORDING_SERVICE_URL', 'recording-service', {
    default: 'http://127.0.0.1:3003',
  }),
  outboundDialerUrl: url('OUTBOUND_DIALER_URL', 'outbound-dialer', { default: 'http://127.0.0.1:3004' }),
  kafkaBrokers: list('KAFKA_BROKERS', 'Kafka brokers, host:port, comma-separated'),
  internalApiToken: secrets('INTERNAL_API_TOKEN', 'Secrets of service tokens: the first signs, all verify'),
  streamTokenSecret: secrets('STREAM_TOKEN_SECRET', 'Secrets of stream tokens: the first signs, all verify'),
  toolSigningSecret: secrets(
    'TOOL_SIGNING_SECRET',
    "Secrets that sign requests to businesses' tools: one signature each; required with TOOL_ROUTES; unset, there are no such tools",
    { optional: true },
  ),
  toolRoutes: list(
    'TOOL_ROUTES',
    "Hosts of businesses' tools that are reached at a URL of yours, HOST=URL, comma-separated; all others must be public",
    { default: [] },
  ),
  maxCallMs: integer('MAX_CALL_MS', 'Longest call, announced a minute ahead, ms', {
    default: HOUR_MS,
    min: 10_000,
    max: 4 * HOUR_MS,
  }),
  defaultProfileFile: optionalText(
    'DEFAULT_PROFILE_FILE',
    'Profile (JSON) for calls whose business is not known; a built-in one when unset',
  ),
  profileSnapshotFile: optionalText(
    'PROFILE_SNAPSHOT_FILE',
    'Where the profiles are kept for a start without greeting-service',
  ),
  greetingLocaleDefault: text('GREETING_LOCALE_DEFAULT', 'Language of the built-in default profile', {
    default: 'he-IL',
  }),
  greetingProtectMs: integer('GREETING_PROTECT_MS', 'Start of the greeting that speech does not stop, ms', {
    default: 500,
    min: 0,
    max: 120_000,
  }),
  txLeadMs: integer('TX_LEAD_MS', 'How far Twilio is kept ahead, ms', { default: 140, min: 20, max: 1000 }),
  txQueueMaxFrames: integer('TX_QUEUE_MAX_FRAMES', 'Bound of the TX queue, frames of 20 ms', {
    default: 120,
    min: 20,
    max: 3000,
  }),
  modelAppendMs: integer('MODEL_APPEND_MS', 'Caller audio joined into one message to the model, ms', {
    default: 40,
    min: 20,
    max: 500,
  }),
  modelSessionMaxMs: integer('MODEL_SESSION_MAX_MS', 'Age at which a model session is replaced, ms', {
    default: 55 * 60_000,
    min: 1000,
    max: 24 * HOUR_MS,
  }),
  agentSilenceMs: integer(
    'AGENT_SILENCE_MS',
    'Wait for the agent before a filler; twice that: a new session; three times: fallback',
    { default: 4000, min: 500, max: 60_000 },
  ),
  bargeInClear: flag('BARGE_IN_CLEAR', 'An interruption also clears what Twilio has not played yet', {
    default: false,
  }),
  watchdogStartTimeoutMs: integer('WATCHDOG_START_TIMEOUT_MS', "Webhook to the stream's start, ms", {
    default: 8000,
    min: 500,
    max: 60_000,
  }),
  watchdogNoMediaTimeoutMs: integer('WATCHDOG_NO_MEDIA_TIMEOUT_MS', 'Start without any media, ms', {
    default: 6000,
    min: 500,
    max: 60_000,
  }),
  watchdogMediaLostMs: integer('WATCHDOG_MEDIA_LOST_MS', 'Later: no media and no answer to pings, ms', {
    default: 15_000,
    min: 1000,
    max: 120_000,
  }),
  maxCalls: integer('MAX_CALLS', 'Calls this process takes', { default: 500, min: 1, max: 10_000 }),
  drainTimeoutMs: integer('DRAIN_TIMEOUT_MS', 'How long live calls may go on after SIGTERM, ms', {
    default: HOUR_MS,
    min: 0,
    max: 4 * HOUR_MS,
  }),
  logLevel: choice('LOG_LEVEL', 'Least level logged', ['error', 'warn', 'info', 'debug'], {
    default: 'info',
  }),
};

export type GatewaySettings = ConfigOf<typeof settings>;
