import { defaultPorts } from '@frontdesk/contracts';
import {
  choice,
  flag,
  integer,
  list,
  optionalUrl,
  secrets,
  text,
  url,
  type ConfigOf,
} from '@frontdesk/runtime';

/** Every variable of outbound-dialer, once: the README's table and example.env repeat these. */
export const settings = {
  port: integer('PORT', 'Port to listen on; 0 takes a free one', {
    default: defaultPorts['outbound-dialer'],
    min: 0,
    max: 65_535,
  }),
  host: text('HOST', 'Address to listen on', { default: '0.0.0.0' }),
  trustProxy: integer('TRUST_PROXY', 'How many proxies stand in front', { default: 0, min: 0, max: 10 }),
  drainTimeoutMs: integer('DRAIN_TIMEOUT_MS', 'How long a stopping service lets requests finish', {
    default: 5000,
    min: 0,
    max: 600_000,
  }),
  role: choice(
    'SERVICE_ROLE',
    'What this process does: `api` writes rows, `worker` dials, `all` both (refused in production)',
    ['api', 'worker', 'all'],
    { default: 'all' },
  ),
  nodeEnv: text('NODE_ENV', '`production` refuses settings meant for one machine', {
    default: 'development',
  }),
  databaseUrl: url('DATABASE_URL', 'PostgreSQL, in session mode; the schema is `dialer`', {
    protocols: ['postgres', 'postgresql'],
    secret: true,
  }),
  databasePoolSize: integer('DATABASE_POOL_SIZE', 'Connections to PostgreSQL', {
    default: 10,
    min: 4,
    max: 100,
  }),
  kafkaBrokers: list('KAFKA_BROKERS', 'Kafka brokers, host:port, comma-separated'),
  internalApiToken: secrets('INTERNAL_API_TOKEN', 'Secrets of service tokens: the first signs, all verify'),
  publicUrl: url('PUBLIC_URL', 'How Twilio reaches us; callback URLs and signatures are made from it'),
  twilioAccountSid: text('TWILIO_ACCOUNT_SID', 'The account that calls are placed with'),
  twilioAuthTokens: secrets('TWILIO_AUTH_TOKEN', 'Its auth tokens: the first is used, all verify webhooks'),
  twilioApiBaseUrl: optionalUrl('TWILIO_API_BASE_URL', 'Instead of https://api.twilio.com'),
  twilioTimeoutMs: integer('TWILIO_TIMEOUT_MS', 'How long Twilio may take to answer a request', {
    default: 10_000,
    min: 500,
    max: 30_000,
  }),
  validateSignature: flag(
    'TWILIO_VALIDATE_SIGNATURE',
    'Check the signature of webhooks (false is refused in production)',
    { default: true },
  ),
  greetingServiceUrl: url('GREETING_SERVICE_URL', 'Where opening lines are synthesized', {
    default: `http://127.0.0.1:${defaultPorts['greeting-service']}`,
  }),
  gatewayUrl: url('MEDIA_GATEWAY_URL', 'Where a call is told that a machine answered it', {
    default: `http://127.0.0.1:${defaultPorts['media-gateway']}`,
  }),
  numberCountry: text('NUMBER_COUNTRY_DEFAULT', 'Country of numbers written without a country code', {
    default: 'IL',
  }),
  accountCallsPerSecond: integer('ACCOUNT_CALLS_PER_SECOND', 'Calls a second of the Twilio account (CPS)', {
    default: 1,
    min: 1,
    max: 500,
  }),
  businessConcurrentCalls: integer(
    'BUSINESS_CONCURRENT_CALLS',
    'Calls of one business at once, over all its campaigns',
    { default: 100, min: 1, max: 10_000 },
  ),
  schedulerIntervalMs: integer('SCHEDULER_INTERVAL_MS', 'How often due attempts are admitted', {
    default: 250,
    min: 20,
    max: 10_000,
  }),
  reconcileIntervalMs: integer(
    'RECONCILE_INTERVAL_MS',
    'Between the two looks into Twilio’s call list that decide that a call was never placed',
    { default: 60_000, min: 1000, max: 600_000 },
  ),
  callCheckMs: integer(
    'CALL_CHECK_MS',
    'Silence of a call’s status callbacks after which Twilio is asked for its state',
    { default: 90_000, min: 1000, max: 3_600_000 },
  ),
  leaseMs: integer('DIAL_LEASE_MS', 'How long a worker may take from claim to Twilio’s answer', {
    default: 30_000,
    min: 2000,
    max: 300_000,
  }),
  openingWaitMs: integer(
    'OPENING_WAIT_MS',
    'How long a started campaign waits for its opening line’s audio before it dials without',
    { default: 15_000, min: 0, max: 600_000 },
  ),
  breakerCalls: integer(
    'BREAKER_CALLS',
    'Latest calls of a campaign that are looked at to see whether its calls keep failing',
    { default: 10, min: 2, max: 1000 },
  ),
  breakerPercent: integer(
    'BREAKER_PERCENT',
    'Share of them that failed at which a campaign pauses itself, %',
    {
      default: 80,
      min: 1,
      max: 100,
    },
  ),
  logLevel: choice('LOG_LEVEL', 'Least severe level that is logged', ['error', 'warn', 'info', 'debug'], {
    default: 'info',
  }),
};

export type DialerConfig = ConfigOf<typeof settings>;
