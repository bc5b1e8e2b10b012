import { defaultPorts } from '@frontdesk/contracts';
import { integer, list, readConfig, text, url, type ConfigOf } from '@frontdesk/runtime';

const local = (service: 'media-gateway' | 'recording-service' | 'outbound-dialer'): string =>
  `http://127.0.0.1:${defaultPorts[service]}`;

export const settings = {
  port: integer('PORT', 'Port to listen on; 0 takes a free one', {
    default: defaultPorts['public-router'],
    min: 0,
    max: 65_535,
  }),
  host: text('HOST', 'Address to listen on', { default: '127.0.0.1' }),
  gatewayUrls: list(
    'MEDIA_GATEWAY_URL',
    'Owners of /webhook, /ws and /audio but for the below: one or more',
    {
      default: [local('media-gateway')],
    },
  ),
  recordingUrl: url('RECORDING_SERVICE_URL', 'Owner of the recording webhooks', {
    default: local('recording-service'),
  }),
  dialerUrls: list('OUTBOUND_DIALER_URL', 'Owners of /webhook/dial: one or more', {
    default: [local('outbound-dialer')],
  }),
  answerTimeoutMs: integer('ANSWER_TIMEOUT_MS', 'Bound on the wait for the owner of a path to answer', {
    default: 15_000, // Twilio itself waits no longer
    min: 100,
    max: 120_000,
  }),
  readinessMs: integer('READINESS_MS', 'How often several replicas are asked whether they are ready', {
    default: 500,
    min: 50,
    max: 60_000,
  }),
  controlPort: integer('CONTROL_PORT', 'Port of the control API on loopback, for tests; 0: none', {
    default: 0,
    min: 0,
    max: 65_535,
  }),
};
export type Config = ConfigOf<typeof settings>;

export const loadConfig = (environment: NodeJS.ProcessEnv): Config => readConfig(settings, environment);
