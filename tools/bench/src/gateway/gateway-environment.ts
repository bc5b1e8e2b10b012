import { LOCAL_PUBLIC_URL, type Secrets, SIMULATED_ACCOUNT_SID } from '@frontdesk/test-harness';
import { type Target } from '../load/dial';
import { asDeployed } from '../machine/as-deployed';

/** Where the neighbours of a gateway are. */
export interface GatewayUrls {
  readonly greeting: string;
  readonly recording: string;
  readonly openAi: string;
  /** host:port */
  readonly kafka: string;
}

/** Of a gateway under test. */
export const gatewayEnvironment = (secrets: Secrets, urls: GatewayUrls): Record<string, string> => ({
  PORT: '0',
  PUBLIC_URL: LOCAL_PUBLIC_URL,
  TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
  TWILIO_AUTH_TOKEN: secrets.simulatedAuthToken,
  TWILIO_API_BASE_URL: urls.recording,
  OPENAI_API_KEY: 'sk-simulated-0000000000000000',
  OPENAI_BASE_URL: urls.openAi,
  GREETING_SERVICE_URL: urls.greeting,
  RECORDING_SERVICE_URL: urls.recording,
  OUTBOUND_DIALER_URL: urls.recording,
  INTERNAL_API_TOKEN: secrets.internalApiToken,
  STREAM_TOKEN_SECRET: secrets.streamTokenSecret,
  KAFKA_BROKERS: urls.kafka,
  DRAIN_TIMEOUT_MS: '0',
  ...asDeployed['media-gateway'],
});

/** Calls to a number of a business, as Twilio would make them. */
export const targetOf = (
  secrets: Secrets,
  { kind, port, number }: Pick<Target, 'kind' | 'port' | 'number'>,
): Target => ({
  kind,
  port,
  publicUrl: LOCAL_PUBLIC_URL,
  authToken: secrets.simulatedAuthToken,
  accountSid: SIMULATED_ACCOUNT_SID,
  number,
});
