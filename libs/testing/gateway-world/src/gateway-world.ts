import { type ProfileSnapshot, topics } from '@frontdesk/contracts';
import { type HttpService } from '@frontdesk/http';
import { createTopics } from '@frontdesk/messaging';
import { silentLogger } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import {
  type Environment,
  freePort,
  GatewayFleet,
  kafkaBrokers,
  LOCAL_PUBLIC_URL,
  type LogLine,
  newSecrets,
  OpenAiSim,
  RouterControl,
  type RunningProcess,
  type Secrets,
  SIMULATED_ACCOUNT_SID,
  spawnTool,
  TwilioSim,
} from '@frontdesk/test-harness';
import { NeighbourBook } from './neighbour-book';
import { dialerDouble, greetingDouble, recordingDouble } from './neighbour-doubles';

export interface GatewayWorldOptions {
  /** Gateways behind the public router. Default 1. */
  readonly replicas?: number;
  /** Addresses for gateways that come later ({@link GatewayFleet.add}). */
  readonly spares?: number;
  /** For each simulator, beside what it gets anyway. */
  readonly twilioEnv?: Environment;
  readonly openAiEnv?: Environment;
}

interface Parts {
  readonly twilio: TwilioSim;
  readonly openAi: OpenAiSim;
  readonly fleet: GatewayFleet;
  readonly router: RouterControl;
  readonly neighbours: NeighbourBook;
  readonly greeting: HttpService;
  readonly recording: HttpService;
  readonly secrets: Secrets;
}

/**
 * Gateways as processes of their own between the two simulators, behind the public router, with doubles of the
 * neighbours: greeting-service has the profiles and frames it is given, recording-service notes what it is asked.
 */
export class GatewayWorld implements AsyncDisposable {
  readonly twilio: TwilioSim;
  readonly openAi: OpenAiSim;
  readonly fleet: GatewayFleet;
  readonly router: RouterControl;
  readonly neighbours: NeighbourBook;
  /** The doubles; disposing one is that service going down. */
  readonly greeting: HttpService;
  readonly recording: HttpService;
  readonly secrets: Secrets;

  private constructor(
    parts: Parts,
    private readonly held: DisposalStack,
  ) {
    this.twilio = parts.twilio;
    this.openAi = parts.openAi;
    this.fleet = parts.fleet;
    this.router = parts.router;
    this.neighbours = parts.neighbours;
    this.greeting = parts.greeting;
    this.recording = parts.recording;
    this.secrets = parts.secrets;
  }

  /** @param env added to the environment of every gateway */
  static async start(
    profiles: readonly ProfileSnapshot[],
    env: Environment = {},
    options: GatewayWorldOptions = {},
  ): Promise<GatewayWorld> {
    const held = new DisposalStack((name, error) => {
      throw new Error(`releasing ${name}`, { cause: error });
    });
    try {
      return new GatewayWorld(await assemble(profiles, env, options, held), held);
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** The first gateway. */
  get gateway(): RunningProcess {
    return this.fleet.replicas[0]!.process;
  }

  get recordingsAsked(): readonly { callSid: string; atMs: number }[] {
    return this.neighbours.recordingsAsked;
  }

  /** Lines of the gateways' logs about a call, oldest first. */
  log(callSid: string, event?: string): LogLine[] {
    return this.fleet.log(callSid, event);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.held[Symbol.asyncDispose]();
  }
}

const assemble = async (
  profiles: readonly ProfileSnapshot[],
  env: Environment,
  options: GatewayWorldOptions,
  held: DisposalStack,
): Promise<Parts> => {
  const secrets = newSecrets();
  const neighbours = new NeighbourBook(profiles);
  const { internalApiToken } = secrets;
  const framesOf = (key: string): Buffer | undefined => neighbours.framesOf(key);
  const greeting = held.use('greeting', await greetingDouble({ profiles, framesOf }, internalApiToken));
  const memory = {
    onStart: (callSid: string) => neighbours.recordingsAsked.push({ callSid, atMs: Date.now() }),
    turnsOf: (callSid: string) => neighbours.turnsOf(callSid),
  };
  const recording = held.use('recording', await recordingDouble(memory, internalApiToken));
  const dialer = held.use('dialer', await dialerDouble(neighbours.attempts, internalApiToken));
  const [routerPort, controlPort] = [await freePort(), await freePort()];
  await createTopics({ brokers: kafkaBrokers(), logger: silentLogger }, [
    topics.callEvents,
    topics.profileEvents,
  ]);
  const openAi = held.use('openai', await spawnTool('openai-simulator', { PORT: '0', ...options.openAiEnv }));
  const twilio = held.use(
    'twilio',
    await spawnTool('twilio-simulator', {
      PORT: '0',
      TWILIO_SIM_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
      TWILIO_SIM_AUTH_TOKEN: secrets.simulatedAuthToken,
      TWILIO_SIM_ROUTES: `${new URL(LOCAL_PUBLIC_URL).host}=http://127.0.0.1:${routerPort}`,
      ...options.twilioEnv,
    }),
  );
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const fleet = held.use(
    'gateways',
    await GatewayFleet.start({
      replicas: options.replicas ?? 1,
      spares: options.spares ?? 0,
      env: {
        PUBLIC_URL: LOCAL_PUBLIC_URL,
        TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
        TWILIO_AUTH_TOKEN: secrets.simulatedAuthToken,
        TWILIO_API_BASE_URL: url(twilio.listeningLine.port),
        OPENAI_API_KEY: 'sk-simulated-0000000000000000',
        OPENAI_BASE_URL: `${url(openAi.listeningLine.port)}/v1`,
        GREETING_SERVICE_URL: url(greeting.port),
        RECORDING_SERVICE_URL: url(recording.port),
        OUTBOUND_DIALER_URL: url(dialer.port),
        INTERNAL_API_TOKEN: internalApiToken,
        STREAM_TOKEN_SECRET: secrets.streamTokenSecret,
        KAFKA_BROKERS: kafkaBrokers().join(','),
        DRAIN_TIMEOUT_MS: '0',
        ...env,
      },
    }),
  );
  held.use(
    'router',
    await spawnTool('public-router', {
      PORT: String(routerPort),
      CONTROL_PORT: String(controlPort),
      MEDIA_GATEWAY_URL: fleet.urls.slice(0, options.replicas ?? 1).join(','),
      RECORDING_SERVICE_URL: url(recording.port),
      OUTBOUND_DIALER_URL: url(dialer.port),
    }),
  );
  const twilioSim = new TwilioSim(url(twilio.listeningLine.port));
  for (const { phoneNumbers } of profiles)
    for (const number of phoneNumbers)
      await twilioSim.addNumber({
        number,
        voiceUrl: `${LOCAL_PUBLIC_URL}/webhook/incoming_call`,
        statusCallback: `${LOCAL_PUBLIC_URL}/webhook/call_status`,
      });
  const openAiSim = new OpenAiSim(url(openAi.listeningLine.port));
  const router = new RouterControl(url(controlPort));
  return { twilio: twilioSim, openAi: openAiSim, fleet, router, neighbours, greeting, recording, secrets };
};
