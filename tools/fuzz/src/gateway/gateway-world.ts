import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProfileSnapshot, topics } from '@frontdesk/contracts';
import { business, greetingDouble, recordingDouble } from '@frontdesk/gateway-world';
import { HttpProblem } from '@frontdesk/http';
import { createTopics } from '@frontdesk/messaging';
import { silentLogger } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import { type RunningProcess, spawnService, spawnTool } from '@frontdesk/test-harness';
import { Random } from '../random';
import { ModelDouble } from './model-double';
import { pattern, STEADY_MARKER, SteadyModel } from './steady-model';
import { twilioRestDouble } from './twilio-rest-double';
import { ACCOUNT_SID, AUTH_TOKEN, PUBLIC_HOST } from './twilio-side';

export const STEADY_NUMBER = '+15550000001';
export const NOISY_NUMBER = '+15550000002';
/** The gateway waits for what calls still have to tell. */
const RELEASE_MS = 30_000;
const GREETING_FRAMES = 100;
/** Share of the starts of a recording that are refused. */
const RECORDING_FAILS = 0.3;
const SECRET = 'a-secret-for-fuzzing-of-32-characters';
const steadyKey = 'a'.repeat(64);
const noisyKey = 'b'.repeat(64);

/** A real gateway process, and everything around it under our control. */
export interface GatewayWorld extends AsyncDisposable {
  readonly gateway: RunningProcess;
  readonly port: number;
  readonly model: ModelDouble;
  readonly steady: SteadyModel;
  /** The steady call's greeting. */
  readonly greeting: Buffer;
}

export const startWorld = async (seed: number, onError: (line: string) => void): Promise<GatewayWorld> => {
  const held = new DisposalStack(
    (name, error) => onError(`could not release ${name}: ${String(error)}`),
    RELEASE_MS,
  );
  try {
    return await assemble(seed, held);
  } catch (error) {
    await held[Symbol.asyncDispose]();
    throw error;
  }
};

const assemble = async (seed: number, held: DisposalStack): Promise<GatewayWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-fuzz-'));
  held.defer('data', () => rmSync(folder, { recursive: true, force: true }));
  const kafka = held.use('kafka', await spawnTool('embedded-kafka', { PORT: '0', DATA_DIR: folder }));
  const brokers = `127.0.0.1:${kafka.listeningLine.port}`;
  await createTopics({ brokers: [brokers], logger: silentLogger }, [topics.callEvents, topics.profileEvents]);
  const greeting = pattern(seed, GREETING_FRAMES);
  const frames = new Map([
    [steadyKey, greeting],
    [noisyKey, pattern(seed + 1, 500)],
  ]);
  const profiles = [
    profile(STEADY_NUMBER, steadyKey, STEADY_MARKER),
    profile(NOISY_NUMBER, noisyKey, 'noise'),
  ];
  const greetings = held.use(
    'greeting',
    await greetingDouble({ profiles, framesOf: (key) => frames.get(key) }, SECRET),
  );
  const moods = Random.of(seed, 4);
  const onStart = (): void => {
    if (moods.chance(RECORDING_FAILS)) throw new HttpProblem(503, 'Not now');
  };
  const recordings = held.use('recording', await recordingDouble({ onStart }, SECRET));
  const rest = await twilioRestDouble(Random.of(seed, 5));
  held.defer('twilio rest', () => {
    rest.server.closeAllConnections();
    rest.server.close();
  });
  const steady = new SteadyModel(seed + 10);
  const model = held.use('model', await ModelDouble.listen(seed, steady));
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  const gateway = held.use(
    'gateway',
    await spawnService('media-gateway', {
      PORT: '0',
      HOST: '127.0.0.1',
      PUBLIC_URL: PUBLIC_HOST,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_API_BASE_URL: url(rest.port),
      OPENAI_API_KEY: 'sk-simulated-0000000000000000',
      OPENAI_BASE_URL: `${url(model.port)}/v1`,
      GREETING_SERVICE_URL: url(greetings.port),
      RECORDING_SERVICE_URL: url(recordings.port),
      INTERNAL_API_TOKEN: SECRET,
      STREAM_TOKEN_SECRET: SECRET,
      KAFKA_BROKERS: brokers,
      WATCHDOG_START_TIMEOUT_MS: '1500',
      DRAIN_TIMEOUT_MS: '0',
      // A leak ends a short run too: its heap is a fifth of what one gets by default.
      NODE_OPTIONS: '--max-old-space-size=384',
    }),
  );
  return {
    gateway,
    port: gateway.listeningLine.port,
    model,
    steady,
    greeting,
    [Symbol.asyncDispose]: () => held[Symbol.asyncDispose](),
  };
};

const profile = (number: string, key: string, instructions: string): ProfileSnapshot =>
  business(number, 'hello', {
    instructions,
    transferNumber: '+15550000009',
    greeting: { key, text: 'hello' },
  });
