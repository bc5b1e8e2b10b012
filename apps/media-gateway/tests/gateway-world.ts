import { randomUUID } from 'node:crypto';
import { encodeMulaw, framesOf } from '@frontdesk/audio';
import { encodeSpeech } from '@frontdesk/audio-identity';
import {
  getCallContext,
  getFrames,
  listProfilesSince,
  type ProfileSnapshot,
  startCallRecording,
  topics,
  type Turn,
} from '@frontdesk/contracts';
import { HttpProblem, HttpService } from '@frontdesk/http';
import { createTopics } from '@frontdesk/messaging';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import {
  freePort,
  kafkaBrokers,
  LOCAL_PUBLIC_URL,
  newSecrets,
  OpenAiSim,
  parseEvent,
  type RunningProcess,
  SIMULATED_ACCOUNT_SID,
  spawnService,
  spawnTool,
  TwilioSim,
} from '@frontdesk/test-harness';

/** A business as greeting-service would give it to a gateway. */
export const business = (
  number: string,
  greetingText: string,
  change: Partial<ProfileSnapshot> = {},
): ProfileSnapshot => ({
  id: randomUUID(),
  name: `Business ${number}`,
  phoneNumbers: [number],
  locale: 'en-US',
  voice: 'marin',
  greetingText,
  instructions: `Business ${number}.`,
  tools: [],
  transferNumber: null,
  fallbackPrompt: 'please leave a message',
  greetingProtectMs: null,
  retentionDays: null,
  silentCaller: null,
  optOutKey: null,
  revision: 1,
  createdAt: '2026-11-20T00:00:00.000Z',
  updatedAt: '2026-11-20T00:00:00.000Z',
  greeting: { key: keyOf(greetingText), text: greetingText },
  phrases: {
    bridge: { key: keyOf('one moment'), text: 'one moment' },
    'slow-tool': { key: keyOf('let me see'), text: 'let me see' },
    'fallback-prompt': { key: keyOf('leave word'), text: 'leave word' },
    'still-there': { key: keyOf('still there'), text: 'still there' },
    goodbye: { key: keyOf('goodbye'), text: 'goodbye' },
  },
  ...change,
});

/** What recording-service's double remembers of every call. */
export const pastTurn: Turn = {
  generation: 1,
  seq: 2,
  speaker: 'agent',
  itemId: 'item_1',
  said: 'said before the break',
  heard: 'said before the break',
  estimated: false,
  interrupted: false,
  startedAtMs: 0,
  endedAtMs: 0,
};

const keyOf = (text: string): string => Buffer.from(text).toString('hex').padEnd(64, '0').slice(0, 64);

/**
 * A gateway as a process of its own between the two simulators, with doubles of the neighbours: greeting-service has
 * the profiles and frames it is given, recording-service notes what it is asked.
 */
export class GatewayWorld implements AsyncDisposable {
  constructor(
    readonly twilio: TwilioSim,
    readonly openAi: OpenAiSim,
    readonly gateway: RunningProcess,
    /** What recording-service was asked to record. */
    readonly recordingsAsked: readonly { callSid: string; atMs: number }[],
    private readonly held: DisposalStack,
  ) {}

  static async start(profiles: ProfileSnapshot[], env: Record<string, string> = {}): Promise<GatewayWorld> {
    const held = new DisposalStack((name, error) => {
      throw new Error(`releasing ${name}`, { cause: error });
    });
    try {
      return await assemble(profiles, env, held);
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Lines of the gateway's log about a call, oldest first. */
  log(callSid: string, event?: string): Record<string, unknown>[] {
    return this.gateway.output.lines
      .map((line) => parseEvent(line) as Record<string, unknown> | undefined)
      .filter((line): line is Record<string, unknown> => line?.callSid === callSid)
      .filter((line) => event === undefined || line.event === event);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.held[Symbol.asyncDispose]();
  }
}

const assemble = async (
  profiles: ProfileSnapshot[],
  env: Record<string, string>,
  held: DisposalStack,
): Promise<GatewayWorld> => {
  const secrets = newSecrets();
  const asked: { callSid: string; atMs: number }[] = [];
  const greeting = held.use('greeting', await greetingDouble(profiles, secrets.internalApiToken));
  const recording = held.use('recording', await recordingDouble(asked, secrets.internalApiToken));
  const routerPort = await freePort();
  await createTopics({ brokers: kafkaBrokers(), logger: silentLogger }, [
    topics.callEvents,
    topics.profileEvents,
  ]);
  const openAi = held.use('openai', await spawnTool('openai-simulator', { PORT: '0' }));
  const twilio = held.use(
    'twilio',
    await spawnTool('twilio-simulator', {
      PORT: '0',
      TWILIO_SIM_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
      TWILIO_SIM_AUTH_TOKEN: secrets.simulatedAuthToken,
      TWILIO_SIM_ROUTES: `${new URL(LOCAL_PUBLIC_URL).host}=http://127.0.0.1:${routerPort}`,
    }),
  );
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const gateway = held.use(
    'gateway',
    await spawnService('media-gateway', {
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL: LOCAL_PUBLIC_URL,
      TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: secrets.simulatedAuthToken,
      TWILIO_API_BASE_URL: url(twilio.listeningLine.port),
      OPENAI_API_KEY: 'sk-simulated-0000000000000000',
      OPENAI_BASE_URL: `${url(openAi.listeningLine.port)}/v1`,
      GREETING_SERVICE_URL: url(greeting.port),
      RECORDING_SERVICE_URL: url(recording.port),
      INTERNAL_API_TOKEN: secrets.internalApiToken,
      STREAM_TOKEN_SECRET: secrets.streamTokenSecret,
      KAFKA_BROKERS: kafkaBrokers().join(','),
      DRAIN_TIMEOUT_MS: '0',
      ...env,
    }),
  );
  held.use(
    'router',
    await spawnTool('public-router', {
      PORT: String(routerPort),
      MEDIA_GATEWAY_URL: url(gateway.listeningLine.port),
      RECORDING_SERVICE_URL: url(recording.port),
      OUTBOUND_DIALER_URL: url(recording.port),
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
  return new GatewayWorld(twilioSim, new OpenAiSim(url(openAi.listeningLine.port)), gateway, asked, held);
};

const greetingDouble = (profiles: ProfileSnapshot[], secret: string): Promise<HttpService> =>
  HttpService.listen({
    ...common('greeting-service', secret),
    openapi: { title: 'double', endpoints: [listProfilesSince, getFrames] },
    routes: (router) => {
      router.handle(listProfilesSince, ({ query }) =>
        Promise.resolve({ revision: 1, profiles: query.since < 1 ? profiles : [], deleted: [] }),
      );
      router.stream(getFrames, ({ params }, response) => {
        const texts = profiles.flatMap(({ greeting, phrases }) => [greeting, ...Object.values(phrases)]);
        const found = texts.find(({ key }) => key === params.key);
        if (!found || found.text.startsWith('not synthesized')) throw new HttpProblem(404, 'No frames');
        response.end(framesOf(encodeMulaw(encodeSpeech(found.text))));
        return Promise.resolve();
      });
    },
  });

const recordingDouble = (asked: { callSid: string; atMs: number }[], secret: string): Promise<HttpService> =>
  HttpService.listen({
    ...common('recording-service', secret),
    webhookGuard: () => true,
    openapi: { title: 'double', endpoints: [startCallRecording, getCallContext] },
    routes: (router) => {
      router.handle(startCallRecording, ({ params }) => {
        asked.push({ callSid: params.sid, atMs: Date.now() });
        return Promise.resolve({ recordingSid: `RE${'0'.repeat(32)}` });
      });
      router.handle(getCallContext, () => Promise.resolve({ turns: [pastTurn] }));
      const thanks = '<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>';
      router.webhook('/webhook/handle_recording', () => Promise.resolve({ twiml: thanks }));
      router.webhook('/webhook/recording_status', () => Promise.resolve({}));
    },
  });

const common = (name: 'greeting-service' | 'recording-service', secret: string) => ({
  name,
  host: '127.0.0.1',
  port: 0,
  logger: silentLogger,
  metrics: new Metrics({ withProcessMetrics: false }),
  readiness: {},
  bearer: { secrets: [secret], audience: name },
});
