import { requestDrain, serviceSettings, serviceUrl } from '@frontdesk/http';
import { kafkaSettings } from '@frontdesk/messaging';
import { databaseSettings } from '@frontdesk/persistence';
import { choice, integer, text, type ConfigOf } from '@frontdesk/runtime';
import { twilioSettings } from '@frontdesk/telephony';

/** Every variable of outbound-dialer, once: the README's table and example.env repeat these. */
export const settings = {
  ...serviceSettings('outbound-dialer'),
  drainTimeoutMs: requestDrain,
  ...databaseSettings('dialer', { minPoolSize: 4 }),
  ...kafkaSettings,
  ...twilioSettings,
  role: choice(
    'SERVICE_ROLE',
    'What this process does: `api` writes rows, `worker` dials, `all` both (refused in production)',
    ['api', 'worker', 'all'],
    { default: 'all' },
  ),
  twilioTimeoutMs: integer('TWILIO_TIMEOUT_MS', 'How long Twilio may take to answer a request', {
    default: 10_000,
    min: 500,
    max: 30_000,
  }),
  greetingServiceUrl: serviceUrl('greeting-service', 'Where opening lines are synthesized'),
  mediaGatewayUrl: serviceUrl('media-gateway', 'Where a call is told that a machine answered it'),
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
};

export type DialerConfig = ConfigOf<typeof settings>;
