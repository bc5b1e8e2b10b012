import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CampaignInput, createCampaign, startCampaign } from '@frontdesk/contracts';
import { mintServiceToken, ServiceClient } from '@frontdesk/http';
import { DisposalStack } from '@frontdesk/runtime';
import {
  freePort,
  LOCAL_PUBLIC_URL,
  newSecrets,
  queryDatabase,
  runMigrate,
  type RunningProcess,
  SIMULATED_ACCOUNT_SID,
  spawnService,
  spawnTool,
  TwilioSim,
} from '@frontdesk/test-harness';
import { Neighbours } from './neighbours';

export const WORKERS = 3;
const CALLER_NUMBER = '+97239990000';
/** The simulated account takes up calls faster than any of the rates measured here. */
const SIMULATOR_CPS = 100;

/** One request for a call, as the simulated Twilio's book has it. */
export interface Arrival {
  readonly atMs: number;
  readonly to: string;
}

export interface Claim {
  readonly to: string;
  readonly claimedMs: number;
  readonly askedMs: number | null;
}

interface RestEntry {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** outbound-dialer as some API processes and three workers, with PostgreSQL, broker, router and the simulated Twilio. */
export class DialerWorld implements AsyncDisposable {
  private workers: RunningProcess[] = [];

  private constructor(
    readonly twilio: TwilioSim,
    readonly api: RunningProcess,
    readonly client: ServiceClient,
    private readonly env: Readonly<Record<string, string>>,
    private readonly held: DisposalStack,
  ) {}

  /** @param options.apis how many API processes take status callbacks; the first one is asked */
  static async start({ apis }: { apis: number }): Promise<DialerWorld> {
    const held = new DisposalStack((name, error) => {
      process.stderr.write(`releasing ${name}: ${String(error)}\n`);
    });
    try {
      return await assemble(held, apis, (...parts) => new DialerWorld(...parts));
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Puts three workers with these settings in the place of those that run. */
  async setWorkers(env: Readonly<Record<string, string>>): Promise<void> {
    await this.stopWorkers();
    this.workers = await Promise.all(
      Array.from({ length: WORKERS }, () =>
        spawnService('outbound-dialer', { ...this.env, ...env, PORT: '0', SERVICE_ROLE: 'worker' }),
      ),
    );
  }

  /** A draft that may call at any hour. */
  async draft(over: Partial<CampaignInput> & Pick<CampaignInput, 'businessId'>): Promise<string> {
    const { id } = await this.client.call(createCampaign, {
      body: {
        name: 'bench',
        openingLine: 'hello from the clinic',
        callerNumber: CALLER_NUMBER,
        callingHours: { from: '00:00', to: '24:00' },
        maxAttempts: 1,
        ringTimeoutSeconds: 5,
        callsPerSecond: 100,
        maxConcurrentCalls: 1000,
        machinePolicy: 'talk',
        ...over,
      },
    });
    return id;
  }

  async start(id: string): Promise<void> {
    await this.client.call(startCampaign, { params: { id } });
  }

  /** Uploads numbers as CSV; the body is made as it is sent. */
  async upload(id: string, numbers: readonly string[]): Promise<void> {
    const claims = {
      sub: 'bench',
      role: 'service' as const,
      businessIds: '*' as const,
      aud: 'outbound-dialer' as const,
    };
    const answer = await fetch(`http://127.0.0.1:${this.env.PORT}/api/campaigns/${id}/contacts`, {
      method: 'POST',
      headers: {
        'content-type': 'text/csv',
        authorization: `Bearer ${mintServiceToken(claims, [this.env.INTERNAL_API_TOKEN!])}`,
      },
      body: ReadableStream.from(csvOf(numbers)) as unknown as NonNullable<RequestInit['body']>,
      duplex: 'half',
    } as RequestInit);
    if (answer.status !== 201)
      throw new Error(`the upload was answered ${answer.status}: ${await answer.text()}`);
    await answer.arrayBuffer();
  }

  /** Requests for calls that reached Twilio, in the order of coming. */
  async arrivals(): Promise<Arrival[]> {
    const { requests } = await this.twilio.restLog<{ requests: RestEntry[] }>();
    return requests
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/Calls.json'))
      .map(({ atMs, params }) => ({ atMs, to: params.To! }));
  }

  /** Claims of campaigns, in their order, by the database's own clock. */
  claims(campaignIds: readonly string[]): Promise<Claim[]> {
    return this.query(
      `SELECT to_number AS to, (extract(epoch FROM claimed_at) * 1000)::float8 AS "claimedMs",
         (extract(epoch FROM asked_at) * 1000)::float8 AS "askedMs"
       FROM dialer.attempts WHERE campaign_id = ANY($1) AND claimed_at IS NOT NULL ORDER BY claimed_at`,
      [campaignIds],
    );
  }

  query<T extends object>(sql: string, values: unknown[]): Promise<T[]> {
    return queryDatabase<T>(this.env.DATABASE_URL!, sql, values);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopWorkers();
    await this.held[Symbol.asyncDispose]();
  }

  private async stopWorkers(): Promise<void> {
    await Promise.all(this.workers.splice(0).map((worker) => worker[Symbol.asyncDispose]()));
  }
}

/** Rows of one piece: a file is not sent in one. */
const ROWS_OF_PIECE = 500;

function* csvOf(numbers: readonly string[]): Generator<Uint8Array> {
  yield Buffer.from('number,name,timezone,consent\r\n');
  for (let from = 0; from < numbers.length; from += ROWS_OF_PIECE) {
    const rows = numbers.slice(from, from + ROWS_OF_PIECE);
    yield Buffer.from(rows.map((number) => `${number},"Cohen, Dana",Asia/Jerusalem,yes\r\n`).join(''));
  }
}

const assemble = async (
  held: DisposalStack,
  apis: number,
  make: (
    twilio: TwilioSim,
    api: RunningProcess,
    client: ServiceClient,
    env: Readonly<Record<string, string>>,
    held: DisposalStack,
  ) => DialerWorld,
): Promise<DialerWorld> => {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-bench-dialer-'));
  // PostgreSQL runs as another user when this is root.
  chmodSync(folder, 0o755);
  held.defer('folder', () => rmSync(folder, { recursive: true, force: true }));
  const tool = async (name: string, env: Record<string, string>): Promise<RunningProcess> =>
    held.use(name, await spawnTool(name, { HOST: '127.0.0.1', PORT: '0', ...env }));
  const postgres = await tool('embedded-postgres', { DATA_DIR: join(folder, 'postgres'), DURABLE: 'true' });
  const kafka = await tool('embedded-kafka', { DATA_DIR: join(folder, 'kafka') });
  const neighbours = held.use('neighbours', await Neighbours.listen());
  const ports = await Promise.all(Array.from({ length: apis }, () => freePort()));
  const port = ports[0]!;
  const router = await tool('public-router', {
    MEDIA_GATEWAY_URL: neighbours.url,
    RECORDING_SERVICE_URL: neighbours.url,
    OUTBOUND_DIALER_URL: ports.map((own) => `http://127.0.0.1:${own}`).join(),
  });
  const { internalApiToken, simulatedAuthToken } = newSecrets();
  const simulator = await tool('twilio-simulator', {
    TWILIO_SIM_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
    TWILIO_SIM_AUTH_TOKEN: simulatedAuthToken,
    TWILIO_SIM_ROUTES: `${new URL(LOCAL_PUBLIC_URL).host}=http://127.0.0.1:${router.listeningLine.port}`,
    TWILIO_SIM_CPS: String(SIMULATOR_CPS),
  });
  const twilio = new TwilioSim(`http://127.0.0.1:${simulator.listeningLine.port}`);
  await twilio.addNumber({ number: CALLER_NUMBER, voiceUrl: `${LOCAL_PUBLIC_URL}/webhook/incoming_call` });
  const env = {
    PORT: String(port),
    DATABASE_URL: String(postgres.listeningLine.url),
    KAFKA_BROKERS: `127.0.0.1:${kafka.listeningLine.port}`,
    INTERNAL_API_TOKEN: internalApiToken,
    PUBLIC_URL: LOCAL_PUBLIC_URL,
    TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: simulatedAuthToken,
    TWILIO_API_BASE_URL: twilio.baseUrl,
    GREETING_SERVICE_URL: neighbours.url,
    MEDIA_GATEWAY_URL: neighbours.url,
    // People who do not answer are no fault here.
    BREAKER_CALLS: '1000',
    BREAKER_PERCENT: '100',
  };
  await runMigrate('outbound-dialer', env);
  const [api] = await Promise.all(
    ports.map(async (own) => {
      const apiEnv = { ...env, PORT: String(own), SERVICE_ROLE: 'api' };
      return held.use('api', await spawnService('outbound-dialer', apiEnv));
    }),
  );
  const client = new ServiceClient({
    baseUrl: `http://127.0.0.1:${port}`,
    audience: 'outbound-dialer',
    subject: 'bench',
    secrets: [internalApiToken],
  });
  return make(twilio, api!, held.use('client', client), env, held);
};
