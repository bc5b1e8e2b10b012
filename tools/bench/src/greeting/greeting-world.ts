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
  freePort,
  newSecrets,
  OpenAiSim,
  runMigrate,
  type RunningProcess,
  type Secrets,
  spawnService,
  spawnTool,
} from '@frontdesk/test-harness';
import { gatewayEnvironment, targetOf } from '../gateway/gateway-environment';
import { asDeployed } from '../machine/as-deployed';
import { type Target } from '../load/dial';

const ANSWER_MS = 60_000;
/** The port of discard: nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';
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
  async business(greetingText: string, phoneNumbers: string[] = []): Promise<ProfileSnapshot> {
    const body = { name: 'Bench', phoneNumbers, greetingText, locale: 'en-US' };
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
    private readonly secrets: Secrets,
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
      const secrets = newSecrets();
      const environment = {
        PORT: '0',
        DATABASE_URL: String(postgres.listeningLine.url),
        KAFKA_BROKERS: `127.0.0.1:${kafka.listeningLine.port}`,
        INTERNAL_API_TOKEN: secrets.internalApiToken,
        OPENAI_API_KEY: 'sk-simulated-0000000000000000',
        OPENAI_BASE_URL: `http://127.0.0.1:${openAi.listeningLine.port}/v1`,
      };
      await runMigrate('greeting-service', environment);
      const sender = held.use('sender', await spawnTool('bench', {}, { args: ['requests-process'] }));
      const sim = new OpenAiSim(`http://127.0.0.1:${openAi.listeningLine.port}`);
      return new GreetingWorld(sim, sender.listeningLine.port, environment, secrets, held);
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** @param port a free one when left out */
  async replica(port = 0): Promise<Replica> {
    const running = await spawnService('greeting-service', {
      ...this.environment,
      ...asDeployed['greeting-service'],
      PORT: String(port),
    });
    const client = new ServiceClient({
      baseUrl: `http://127.0.0.1:${running.listeningLine.port}`,
      audience: 'greeting-service',
      subject: 'bench',
      secrets: [this.environment.INTERNAL_API_TOKEN!],
    });
    return new Replica(running, client, this.environment.INTERNAL_API_TOKEN!);
  }

  /**
   * greeting-service and a gateway that knows no other, both started at once with nothing in memory or on disk. Neither
   * recording-service nor the dialer is there: no greeting waits for them.
   */
  async startBoth(): Promise<AsyncDisposable & { readonly gateway: RunningProcess }> {
    const port = await freePort();
    const { OPENAI_BASE_URL: openAi, KAFKA_BROKERS: kafka } = this.environment;
    const urls = { greeting: `http://127.0.0.1:${port}`, recording: NOWHERE, openAi: openAi!, kafka: kafka! };
    const [replica, gateway] = await Promise.all([
      this.replica(port),
      spawnService('media-gateway', gatewayEnvironment(this.secrets, urls)),
    ]);
    return {
      gateway,
      [Symbol.asyncDispose]: async () => {
        // It would wait for Twilio to say that the call is over.
        gateway.kill('SIGKILL');
        await gateway[Symbol.asyncDispose]();
        await replica[Symbol.asyncDispose]();
      },
    };
  }

  /** Calls to a number at a gateway. */
  target(gateway: RunningProcess, number: string): Target {
    return targetOf(this.secrets, { kind: 'gateway', port: gateway.listeningLine.port, number });
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
