import { randomBytes } from 'node:crypto';
import { freePort } from '../processes/free-port';
import { type Environment } from '../processes/environment';

/** The processes of the system, in the order in which they are started (architecture §1, §4). */
export const processNames = [
  'embedded-postgres',
  'embedded-kafka',
  'openai-simulator',
  'twilio-simulator',
  'greeting-service',
  'recording-service',
  'outbound-dialer',
  'media-gateway',
  'public-router',
] as const;
export type ProcessName = (typeof processNames)[number];
export type Ports = Record<ProcessName, number>;

/** The public name that the simulators route to loopback; reserved for examples (RFC 2606). */
export const LOCAL_PUBLIC_URL = 'https://frontdesk.example';

/** Everything that must be known before the first process starts. */
export interface ConstellationSettings {
  ports: Ports;
  /** Set: that server is used and none is started. */
  databaseUrl?: string;
  kafkaBrokers?: string;
  /** Set: the real account is used and no simulator is started. */
  twilio?: { accountSid: string; authToken: string; apiBaseUrl?: string };
  openAi?: { apiKey: string; baseUrl?: string; models?: OpenAiModels };
  publicUrl: string;
  secrets: Secrets;
  /** Where the processes keep what they keep. */
  dataDir: string;
  /** Where each process's output is written; nowhere when left out. */
  logDir?: string;
  logLevel: 'error' | 'warn' | 'info' | 'debug';
  /** false trades durability of the database for speed. */
  isDurable: boolean;
  /** Several gateways that know each other; one, at its port, when left out. */
  gateways?: { replicas: number; spares?: number };
  /** Added to the environment of single processes. */
  extraEnv: Partial<Record<ProcessName, Environment>>;
}

/** Names of the vendor's models; a service's own default where one is left out. */
export interface OpenAiModels {
  realtime?: string;
  speech?: string;
  transcription?: string;
}

/** Made once for a stack and kept as long as its data. */
export interface Secrets {
  internalApiToken: string;
  streamTokenSecret: string;
  toolSigningSecret: string;
  simulatedAuthToken: string;
}

export const newSecrets = (): Secrets => {
  const secret = (): string => randomBytes(24).toString('hex');
  // Twilio's auth tokens are 32 hex digits.
  return {
    internalApiToken: secret(),
    streamTokenSecret: secret(),
    toolSigningSecret: secret(),
    simulatedAuthToken: randomBytes(16).toString('hex'),
  };
};

/** The simulator's account: one, and always the same. */
export const SIMULATED_ACCOUNT_SID = 'AC00000000000000000000000000000001';

export const freePorts = async (): Promise<Ports> => {
  const ports: Partial<Ports> = {};
  for (const name of processNames) ports[name] = await freePort();
  return ports as Ports;
};
