import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createBusiness,
  createPhrase,
  getFrames,
  listProfilesSince,
  type ProfileSnapshot,
} from '@frontdesk/contracts';
import { mintServiceToken, ServiceClient } from '@frontdesk/http';
import { DisposalStack } from '@frontdesk/runtime';
import {
  eventually,
  newSecrets,
  OpenAiSim,
  runMigrate,
  type RunningProcess,
  spawnService,
  spawnTool,
} from '@frontdesk/test-harness';

const ANSWER_MS = 60_000;
/** A token that outlives the run: what is measured is not its renewal. */
const TOKEN_SECONDS = 3600;

/** A replica of greeting-service, and a client for it. */
export class Replica implements AsyncDisposable {
  constructor(
    readonly process: RunningProcess,
    readonly client: ServiceClient,
    private readonly secret: string,
  ) {}

  /** A request for these frames as it goes over the wire. */
  requestFor(key: string): string {
    const claims = { sub: 'bench', role: 'service', businessIds: '*', aud: 'greeting-service' } as const;
    const token = mintServiceToken(claims, [this.secret], TOKEN_SECONDS);
    const path = getFrames.path.replace('{key}', key);
    return `GET ${path} HTTP/1.1\r\nhost: ${this.process.name}\r\nauthorization: Bearer ${token}\r\n\r\n`;
  }

  /** Its own figures, as Prometheus reads them. */
  async metrics(): Promise<string> {
    return await (await fetch(`http://127.0.0.1:${this.process.listeningLine.port}/metrics`)).text();
  }

  /** A business whose greeting exists as frames. */
  async business(greetingText: string): Promise<ProfileSnapshot> {
    const body = { name: 'Bench', phoneNumbers: [], greetingText, locale: 'en-US' };
    const { id } = await this.client.call(createBusiness, { body });
    return await eventually(async () => {
      const profile = await this.snapshot(id);
      await this.frames(profile.greeting.key);
      return profile;
    });
  }

  async snapshot(id: string): Promise<ProfileSnapshot> {
    const { profiles } = await this.client.call(listProfilesSince, { query: { since: 0 } });
    const found = profiles.find((profile) => profile.id === id);
    if (!found) throw new Error('no such profile');
    return found;
  }

  frames(key: string): Promise<Buffer> {
    return this.client.bytes(getFrames, { params: { key }, timeoutMs: ANSWER_MS });
  }

  phrase(businessId: string, text: string): Promise<{ key: string }> {
    return this.client.call(createPhrase, {
      body: { businessId, text, pool: 'phrase' },
      timeoutMs: ANSWER_MS,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client[Symbol.asyncDispose]();
    await this.process[Symbol.asyncDispose]();
  }
}

/** PostgreSQL, a broker and the OpenAI simulator, for any number of replicas. */
export class GreetingWorld implements AsyncDisposable {
  private constructor(
    readonly openAi: OpenAiSim,
    /** Where the process that sends requests takes its orders. */
    readonly senderPort: number,
    private readonly environment: Record<string, string>,
    private readonly held: DisposalStack,
  ) {}

  static async start(): Promise<GreetingWorld> {
    const held = new DisposalStack((name, error) => {
      process.stderr.write(`releasing ${name}: ${String(error)}\n`);
    });
    try {
      const folder = mkdtempSync(join(tmpdir(), 'frontdesk-bench-greeting-'));
      // PostgreSQL runs as another user when this is root.
      chmodSync(folder, 0o755);
      held.defer('folder', () => rmSync(folder, { recursive: true, force: true }));
      const tool = async (name: string, environment: Record<string, string>): Promise<RunningProcess> =>
        held.use(name, await spawnTool(name, { PORT: '0', ...environment }));
      const postgres = await tool('embedded-postgres', {
        DATA_DIR: join(folder, 'postgres'),
        DURABLE: 'false',
      });
      const kafka = await tool('embedded-kafka', { DATA_DIR: join(folder, 'kafka') });
      const openAi = await tool('openai-simulator', {});
      const environment = {
        PORT: '0',
        DATABASE_URL: String(postgres.listeningLine.url),
        KAFKA_BROKERS: `127.0.0.1:${kafka.listeningLine.port}`,
        INTERNAL_API_TOKEN: newSecrets().internalApiToken,
        OPENAI_API_KEY: 'sk-simulated-0000000000000000',
        OPENAI_BASE_URL: `http://127.0.0.1:${openAi.listeningLine.port}/v1`,
      };
      await runMigrate('greeting-service', environment);
      const sender = held.use('sender', await spawnTool('bench', {}, { args: ['requests-process'] }));
      const sim = new OpenAiSim(`http://127.0.0.1:${openAi.listeningLine.port}`);
      return new GreetingWorld(sim, sender.listeningLine.port, environment, held);
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  async replica(): Promise<Replica> {
    const running = await spawnService('greeting-service', this.environment);
    const client = new ServiceClient({
      baseUrl: `http://127.0.0.1:${running.listeningLine.port}`,
      audience: 'greeting-service',
      subject: 'bench',
      secrets: [this.environment.INTERNAL_API_TOKEN!],
    });
    return new Replica(running, client, this.environment.INTERNAL_API_TOKEN!);
  }

  /** How often a text was paid for. */
  async paid(text: string): Promise<number> {
    const { requests } = await this.openAi.requests<{ requests: { text?: string; status: number }[] }>();
    return requests.filter((request) => request.status === 200 && request.text === text).length;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.held[Symbol.asyncDispose]();
  }
}
