import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { identifyProcess, type ProcessIdentity } from '@frontdesk/runtime';
import { prepareBinaries, type Binaries } from './binaries';
import { openCluster, USER, type Cluster } from './cluster';
import { type Config } from './config';
import { leaveFolder, stopLeftover, stopServer, takeFolder } from './leftovers';
import { canEnter, findServerUser, type ServerUser } from './server-user';

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 30_000;
const MAX_CONNECTIONS = 200;

/** Runs a PostgreSQL server from data folder to connection URL; disposing stops it and keeps the data. */
export class PostgresLauncher implements AsyncDisposable {
  private isStopping = false;

  private constructor(
    readonly url: string,
    readonly port: number,
    readonly dataDir: string,
    readonly server: ProcessIdentity,
    private readonly child: ChildProcess,
  ) {}

  /** @param say told, in one line each, what a person should know: data elsewhere, leftovers, a broken folder */
  static async start(config: Config, say: (line: string) => void): Promise<PostgresLauncher> {
    const user = findServerUser();
    const binaries = prepareBinaries(user, config.elsewhere, say);
    const dataDir = prepareDataDir(config, user, say);
    takeFolder(dataDir);
    try {
      await stopLeftover(join(dataDir, 'cluster'), say);
      const cluster = await openCluster({ dataDir, binaries, user, isDurable: config.isDurable, say });
      const port = config.port === 0 ? await freePort() : await assertFree(config.port);
      const child = spawnServer({ binaries, cluster, port, user, isDurable: config.isDurable });
      const url = `postgres://${USER}:${cluster.password}@${HOST}:${port}/${USER}`;
      const server = await waitUntilUp(child, url);
      return new PostgresLauncher(url, port, dataDir, server, child);
    } catch (error) {
      leaveFolder(dataDir);
      throw error;
    }
  }

  /** Calls back when the server ends without being asked to. */
  onUnexpectedExit(callback: (description: string) => void): void {
    this.child.once('exit', (code, signal) => {
      if (!this.isStopping) callback(`PostgreSQL ended by itself (${signal ?? `code ${code}`})`);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isStopping = true;
    await stopServer(this.server);
    leaveFolder(this.dataDir);
  }
}

/** As root the data must lie where the postgres user can go; if not below the asked folder, then elsewhere. */
const prepareDataDir = (
  config: Config,
  user: ServerUser | undefined,
  say: (line: string) => void,
): string => {
  let { dataDir } = config;
  if (user && !canEnter(dataDir, user)) {
    const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
    dataDir = join(config.elsewhere, `postgres-data-${name}`);
    say(`the user postgres cannot enter ${config.dataDir}, so the database lies in ${dataDir}`);
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o755 });
  if (user) chownSync(dataDir, user.uid, user.gid);
  return dataDir;
};

const spawnServer = (options: {
  binaries: Binaries;
  cluster: Cluster;
  port: number;
  user: ServerUser | undefined;
  isDurable: boolean;
}): ChildProcess => {
  const settings = {
    listen_addresses: HOST,
    unix_socket_directories: '', // TCP alone
    max_connections: String(MAX_CONNECTIONS),
    log_checkpoints: 'off',
    ...(options.isDurable ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
  };
  return spawn(
    options.binaries.postgres,
    [
      '-D',
      options.cluster.folder,
      '-p',
      String(options.port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    {
      ...options.user,
      cwd: '/',
      // A group of its own: Ctrl-C in a terminal reaches the launcher alone, which stops the server in order.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
    },
  );
};

/** Waits until a query is answered; if the server ends instead, its own last words are the error. */
const waitUntilUp = async (child: ChildProcess, url: string): Promise<ProcessIdentity> => {
  const words: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    process.stderr.write(text);
    words.push(...text.split('\n').filter(Boolean));
    words.splice(0, words.length - 20);
  });
  let spawnError: Error | undefined;
  child.once('error', (error) => (spawnError = error));
  const until = performance.now() + START_TIMEOUT_MS;
  for (;;) {
    if (spawnError) throw new Error(`PostgreSQL could not be started: ${spawnError.message}`);
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(lastWords(words));
    const error = await tryQuery(url);
    const server = child.pid === undefined ? undefined : identifyProcess(child.pid);
    if (!error && server) return server;
    if (performance.now() > until) {
      child.kill('SIGQUIT');
      throw new Error(`PostgreSQL did not answer within ${START_TIMEOUT_MS / 1000} s: ${error?.message}`);
    }
    await sleep(25);
  }
};

const lastWords = (words: readonly string[]): string => {
  const fatal = words.findLast((line) => /FATAL|PANIC|could not|error/i.test(line)) ?? words.at(-1);
  return `PostgreSQL did not start: ${fatal ?? 'it said nothing'}`;
};

/** Connects to the database of our user, making it at the first time. */
const tryQuery = async (url: string): Promise<Error | undefined> => {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  const client = new Client({ connectionString: maintenance.href, connectionTimeoutMillis: 5000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [USER]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${USER}`);
    return undefined;
  } catch (error) {
    return error as Error;
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** PostgreSQL cannot pick a port itself; one that was free a moment ago is near enough for tests. */
const freePort = (): Promise<number> => probe(0);

const assertFree = (port: number): Promise<number> => probe(port);

const probe = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, HOST, () => {
      const found = (server.address() as { port: number }).port;
      server.close(() => resolve(found));
    });
  });
