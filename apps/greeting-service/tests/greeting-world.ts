import {
  createBusiness,
  listProfilesSince,
  getFrames,
  type BusinessProfile,
  type ProfileSnapshot,
} from '@frontdesk/contracts';
import { decodeMulaw } from '@frontdesk/audio';
import { decodeSpeech } from '@frontdesk/audio-identity';
import { mintServiceToken, ServiceClient } from '@frontdesk/http';
import {
  createTestDatabase,
  kafkaBrokers,
  OpenAiSim,
  runMigrate,
  spawnService,
  spawnTool,
  type RunningProcess,
  type TestDatabase,
} from '@frontdesk/test-harness';

export const secret = 'greeting-int-test-secret-of-32-chars';

const urlOf = (running: RunningProcess): string => `http://127.0.0.1:${running.listeningLine.port}`;

/** One replica of greeting-service, and a client for it. */
export class Replica implements AsyncDisposable {
  readonly client: ServiceClient;

  constructor(readonly process: RunningProcess) {
    this.client = new ServiceClient({
      baseUrl: urlOf(process),
      audience: 'greeting-service',
      subject: 'test',
      secrets: [secret],
    });
  }

  /** A request as a person or a script would make it. */
  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const claims = { sub: 'test', role: 'service', businessIds: '*', aud: 'greeting-service' } as const;
    const headers = {
      authorization: `Bearer ${mintServiceToken(claims, [secret])}`,
      'content-type': 'application/json',
      ...(init.headers as Record<string, string>),
    };
    return fetch(`${urlOf(this.process)}${path}`, { ...init, headers });
  }

  create(greetingText: string, more: object = {}): Promise<BusinessProfile> {
    return this.client.call(createBusiness, {
      body: { name: 'Acme', phoneNumbers: [], greetingText, ...more },
    });
  }

  async snapshot(id: string): Promise<ProfileSnapshot> {
    const { profiles } = await this.client.call(listProfilesSince, { query: { since: 0 } });
    const found = profiles.find((profile) => profile.id === id);
    if (!found) throw new Error('no such profile');
    return found;
  }

  /** The frames of a greeting; rejects while there are none. */
  async greeting(id: string): Promise<Buffer> {
    const { greeting } = await this.snapshot(id);
    return await this.client.bytes(getFrames, { params: { key: greeting.key } });
  }

  logged(...parts: string[]): boolean {
    return this.process.output.lines.some((line) => parts.every((part) => line.includes(part)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.process[Symbol.asyncDispose]();
  }
}

export const wordsOf = (mulaw: Buffer): string => decodeSpeech(decodeMulaw(mulaw)).text;

/** A database, the OpenAI simulator, and replicas of greeting-service over them. */
export class GreetingWorld implements AsyncDisposable {
  readonly openAi: OpenAiSim;

  private constructor(
    readonly database: TestDatabase,
    private readonly simulator: RunningProcess,
  ) {
    this.openAi = new OpenAiSim(urlOf(simulator));
  }

  static async start(): Promise<GreetingWorld> {
    const [database, simulator] = await Promise.all([
      createTestDatabase(),
      spawnTool('openai-simulator', { PORT: '0' }),
    ]);
    const world = new GreetingWorld(database, simulator);
    await runMigrate('greeting-service', world.environment());
    return world;
  }

  environment(more: Record<string, string> = {}): Record<string, string> {
    return {
      PORT: '0',
      DATABASE_URL: this.database.url,
      KAFKA_BROKERS: kafkaBrokers().join(),
      INTERNAL_API_TOKEN: secret,
      OPENAI_API_KEY: 'sk-simulated-0000000000000000',
      OPENAI_BASE_URL: `${urlOf(this.simulator)}/v1`,
      TTS_TIMEOUT_MS: '3000',
      ...more,
    };
  }

  async replica(more: Record<string, string> = {}): Promise<Replica> {
    return new Replica(await spawnService('greeting-service', this.environment(more)));
  }

  /** How often a text was paid for. */
  async paid(text: string): Promise<number> {
    const { requests } = await this.openAi.requests<{ requests: { text?: string; status: number }[] }>();
    return requests.filter((request) => request.status === 200 && request.text === text).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.simulator[Symbol.asyncDispose]();
    await this.database[Symbol.asyncDispose]();
  }
}
