import { serviceSettings, serviceUrl } from '@frontdesk/http';
import { kafkaSettings } from '@frontdesk/messaging';
import {
  flag,
  integer,
  list,
  optionalText,
  optionalUrl,
  secrets,
  text,
  type ConfigOf,
} from '@frontdesk/runtime';
import { openAiSettings } from '@frontdesk/speech';
import { twilioSettings } from '@frontdesk/telephony';

const HOUR_MS = 3_600_000;

/** Every variable of media-gateway, once: the README's table and example.env repeat these. */
export const settings = {
  ...serviceSettings('media-gateway'),
  ...kafkaSettings,
  ...twilioSettings,
  publicUrl: optionalText(
    'PUBLIC_URL',
    'Host or URL by which Twilio reaches us; required while signatures are checked',
  ),
  ...openAiSettings,
  openAiRealtimeModel: text('OPENAI_REALTIME_MODEL', 'Model that talks', { default: 'gpt-realtime-2.1' }),
  greetingServiceUrl: serviceUrl('greeting-service', 'Where profiles and greetings come from'),
  recordingServiceUrl: serviceUrl('recording-service', 'Where recordings are asked for'),
  outboundDialerUrl: serviceUrl('outbound-dialer', 'Where a placed call is told what it is about'),
  internalUrl: optionalUrl(
    'INTERNAL_URL',
    'How other replicas reach this one, required with GATEWAY_PEERS; http://127.0.0.1:PORT when unset',
  ),
  gatewayPeers: list(
    'GATEWAY_PEERS',
    'Internal URLs of all replicas, comma-separated; or dns:HOST:PORT of a headless Service',
    { default: [] },
  ),
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
  modelAppendMs: integer(
    'MODEL_APPEND_MS',
    'Caller audio joined into one message to the model, ms; of a silent line up to 200 ms',
    {
      default: 40,
      min: 20,
      max: 500,
    },
  ),
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
};

export type GatewaySettings = ConfigOf<typeof settings>;
