import {
  addContacts,
  createCampaign,
  getCampaignProgress,
  listContacts,
  startCampaign,
  type CampaignInput,
  type Contact,
} from '@frontdesk/contracts';
import { mintServiceToken, ServiceClient } from '@frontdesk/http';
import {
  createTestDatabase,
  eventually,
  freePort,
  realKafkaBrokers,
  runMigrate,
  SpawnedProcess,
  spawnService,
  spawnTool,
  TwilioSim,
  type RunningProcess,
  type TestDatabase,
} from '@frontdesk/test-harness';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const businessId = '019a0000-0000-7000-8000-00000000b051';
export const callerNumber = '+97239990000';
const accountSid = `AC${'0'.repeat(31)}1`;
const authToken = 'f'.repeat(32);
const internalToken = 'dialing-world-internal-secret';
const publicUrl = 'https://frontdesk.example';

/** A stand-in for media-gateway and greeting-service: talks for a moment and hangs up; has every opening. */
const startNeighbours = async (): Promise<Server> => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (request.url === '/internal/openings') {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ openings: [{ key: 'a'.repeat(64), text: 'hello', ready: true }] }));
        return;
      }
      response.setHeader('content-type', 'text/xml');
      response.end('<Response><Pause length="1"/><Hangup/></Response>');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
};

export interface RestLogEntry {
  method: string;
  path: string;
  params: Record<string, string | string[]>;
  status: number | null;
}

/** The dialer's bundle with a real PostgreSQL, a broker, the public router and the Twilio simulator around it. */
export class DialingWorld implements AsyncDisposable {
  private constructor(
    readonly twilio: TwilioSim,
    readonly api: ServiceClient,
    readonly database: TestDatabase,
    private readonly dialerEnv: Record<string, string>,
    private dialer: RunningProcess,
    private readonly release: (() => unknown)[],
  ) {}

  static async start(overrides: Record<string, string> = {}): Promise<DialingWorld> {
    const release: (() => unknown)[] = [];
    const keep = <T extends AsyncDisposable>(resource: T): T => {
      release.push(() => resource[Symbol.asyncDispose]());
      return resource;
    };
    const folder = mkdtempSync(join(tmpdir(), 'dialing-world-'));
    release.push(() => rmSync(folder, { recursive: true, force: true }));
    const neighbours = await startNeighbours();
    release.push(() => (neighbours.closeAllConnections(), neighbours.close()));
    const neighbourUrl = `http://127.0.0.1:${(neighbours.address() as AddressInfo).port}`;
    const database = keep(await createTestDatabase());
    // Services know topics by the registry's names alone, so the run's shared broker will not do.
    const startBroker = async (): Promise<string> => {
      const env = { PORT: '0', DATA_DIR: join(folder, 'kafka') };
      return `127.0.0.1:${keep(await spawnTool('embedded-kafka', env)).listeningLine.port}`;
    };
    const brokers = realKafkaBrokers() ?? (await startBroker());
    const dialerPort = await freePort();
    const router = keep(
      await spawnTool('public-router', {
        PORT: '0',
        HOST: '127.0.0.1',
        MEDIA_GATEWAY_URL: neighbourUrl,
        RECORDING_SERVICE_URL: neighbourUrl,
        OUTBOUND_DIALER_URL: `http://127.0.0.1:${dialerPort}`,
      }),
    );
    const twilio = keep(
      await spawnTool('twilio-simulator', {
        PORT: '0',
        TWILIO_SIM_ACCOUNT_SID: accountSid,
        TWILIO_SIM_AUTH_TOKEN: authToken,
        TWILIO_SIM_ROUTES: `frontdesk.example=http://127.0.0.1:${router.listeningLine.port}`,
        TWILIO_SIM_CPS: '50',
        TWILIO_SIM_LIST_LAG_MS: '500',
      }),
    );
    const twilioUrl = `http://127.0.0.1:${twilio.listeningLine.port}`;
    const dialerEnv = {
      PORT: String(dialerPort),
      DATABASE_URL: database.url,
      KAFKA_BROKERS: brokers,
      INTERNAL_API_TOKEN: internalToken,
      PUBLIC_URL: publicUrl,
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_API_BASE_URL: twilioUrl,
      TWILIO_TIMEOUT_MS: '1000',
      DIAL_LEASE_MS: '3000',
      RECONCILE_INTERVAL_MS: '2000',
      CALL_CHECK_MS: '3000',
      ACCOUNT_CALLS_PER_SECOND: '50',
      GREETING_SERVICE_URL: neighbourUrl,
      ...overrides,
    };
    await runMigrate('outbound-dialer', dialerEnv);
    const dialer = await spawnService('outbound-dialer', dialerEnv);
    const sim = new TwilioSim(twilioUrl);
    await sim.addNumber({ number: callerNumber, voiceUrl: `${publicUrl}/webhook/incoming_call` });
    const api = keep(
      new ServiceClient({
        baseUrl: `http://127.0.0.1:${dialerPort}`,
        audience: 'outbound-dialer',
        subject: 'test',
        secrets: [internalToken],
      }),
    );
    return new DialingWorld(sim, api, database, dialerEnv, dialer, release);
  }

  /** Everything the dialer has logged since it was started last. */
  get log(): readonly string[] {
    return this.dialer.output.lines;
  }

  async killDialer(): Promise<void> {
    this.dialer.kill('SIGKILL');
    await this.dialer.ended;
  }

  /** What `migrate` of the dialer does, for another database. */
  migrate(env: Record<string, string>): Promise<void> {
    return runMigrate('outbound-dialer', { ...this.dialerEnv, ...env });
  }

  async startDialer(): Promise<void> {
    this.dialer = await spawnService('outbound-dialer', this.dialerEnv);
  }

  /** Another process of the dialer on a port of its own, whether it is ready or not; ends with the caller's scope. */
  spawnBeside(env: Record<string, string>, args: readonly string[] = []): SpawnedProcess {
    const own = { ...this.dialerEnv, HOST: '127.0.0.1', PORT: '0', ...env };
    return SpawnedProcess.spawn({ name: 'outbound-dialer', env: own, args });
  }

  /** What an operator's script said, without its log lines; throws when it did not end well. */
  async script(...args: string[]): Promise<string> {
    await using script = this.spawnBeside({}, args);
    await script.finished();
    return script.output.lines.filter((line) => !line.startsWith('{')).join('\n');
  }

  /** A campaign without contacts, allowed at any hour. */
  async draft(over: Partial<CampaignInput> = {}): Promise<string> {
    const { id } = await this.api.call(createCampaign, {
      body: {
        businessId,
        name: 'reminders',
        openingLine: 'hello from the clinic',
        instructions: '',
        callerNumber,
        callingHours: { from: '00:00', to: '24:00' },
        timeZone: 'Asia/Jerusalem',
        maxAttempts: 2,
        maxAttemptsPerDay: 3,
        retryDelaySeconds: 1,
        ringTimeoutSeconds: 5,
        callsPerSecond: 50,
        maxConcurrentCalls: 10,
        machinePolicy: 'talk',
        ...over,
      },
    });
    return id;
  }

  /** A running campaign of these numbers. */
  async campaign(numbers: string[], over: Partial<CampaignInput> = {}): Promise<string> {
    const id = await this.draft(over);
    await this.api.call(addContacts, {
      params: { id },
      query: { skipInvalid: 'false' },
      body: {
        contacts: numbers.map((number) => ({
          number,
          name: '',
          timeZone: over.timeZone ?? null,
          consent: true,
        })),
      },
    });
    await this.api.call(startCampaign, { params: { id } });
    return id;
  }

  /**
   * A request that no typed client makes: another content type, a stream, another caller.
   * @param businessIds whom the caller may act for
   */
  request(path: string, init: RequestInit = {}, businessIds: string[] | '*' = '*'): Promise<Response> {
    const claims = { sub: 'test', role: 'service', businessIds, aud: 'outbound-dialer' } as const;
    const token = mintServiceToken(claims, [internalToken]);
    return fetch(`http://127.0.0.1:${this.dialerEnv.PORT}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    });
  }

  /** Waits until the campaign has finished and gives its contacts by number. */
  async finished(id: string): Promise<Map<string, Contact>> {
    await eventually(async () => {
      const progress = await this.api.call(getCampaignProgress, { params: { id } });
      expect(progress).toMatchObject({ state: 'finished', queued: 0, dialling: 0, inProgress: 0 });
    }, 50_000);
    return this.contacts(id);
  }

  async contacts(id: string): Promise<Map<string, Contact>> {
    const { contacts } = await this.api.call(listContacts, { params: { id } });
    return new Map(contacts.map((contact) => [contact.number, contact]));
  }

  /** How many calls Twilio placed to a number: the book that counts. */
  async placedTo(number: string): Promise<number> {
    const calls = await this.twilio.calls();
    return calls.filter(({ to }) => to === number).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dialer[Symbol.asyncDispose]();
    for (const free of this.release.reverse()) await free();
  }
}
