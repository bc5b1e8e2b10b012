import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { identifyProcess, isStillAlive } from '@frontdesk/runtime';
import {
  eventually,
  freePort,
  guardResources,
  spawnTool,
  type RunningProcess,
} from '@frontdesk/test-harness';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frontdesk-pg-test-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (dataDir = join(folder, 'data'), env: Record<string, string> = {}): Promise<RunningProcess> =>
  spawnTool('embedded-postgres', { PORT: '0', DATA_DIR: dataDir, DURABLE: 'false', ...env });
const query = async (postgres: RunningProcess, sql: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: String(postgres.listeningLine.url) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
};

it('serves UTF-8 with the builtin C.UTF-8 locale over TCP on loopback alone, and keeps data over a clean stop', async () => {
  const first = await start();
  const [database] = await query(
    first,
    `SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider AS provider, datlocale AS locale
     FROM pg_database WHERE datname = current_database()`,
  );
  expect(database).toEqual({ encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8' });
  const settings = await query(
    first,
    `SELECT current_setting('listen_addresses') AS addresses, current_setting('unix_socket_directories') AS sockets`,
  );
  expect(settings).toEqual([{ addresses: '127.0.0.1', sockets: '' }]);
  await query(first, `CREATE TABLE kept AS SELECT 'שלום' AS word`);
  const server = identifyProcess(Number(first.listeningLine.serverPid))!;
  await first[Symbol.asyncDispose]();
  expect(isStillAlive(server)).toBe(false);

  await using second = await start();
  expect(await query(second, 'SELECT word FROM kept')).toEqual([{ word: 'שלום' }]);
});

it('stops the server that a killed launcher left behind, and has every row that it acknowledged', async () => {
  const first = await start();
  await query(first, 'CREATE TABLE acknowledged AS SELECT 1 AS one');
  const leftover = identifyProcess(Number(first.listeningLine.serverPid))!;
  first.kill('SIGKILL');
  await first.ended;
  expect(isStillAlive(leftover)).toBe(true);

  await using second = await start();
  expect(isStillAlive(leftover)).toBe(false);
  expect(second.output.tail(100)).toContain(
    `stopping PostgreSQL left behind by an earlier run, process ${leftover.pid}`,
  );
  expect(await query(second, 'SELECT one FROM acknowledged')).toEqual([{ one: 1 }]);
});

it('leaves a process alone that has the pid of a server of long ago', async () => {
  const first = await start();
  await first[Symbol.asyncDispose]();
  const stale = [process.pid, 'elsewhere', 1_000_000_000, 5432, '', '127.0.0.1', '', 'ready'].join('\n');
  writeFileSync(join(folder, 'data/cluster/postmaster.pid'), stale, { mode: 0o600 });
  await using second = await start();
  expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('sets a half-written database aside, says so in one line and starts with an empty one', async () => {
  mkdirSync(join(folder, 'data/cluster'), { recursive: true });
  writeFileSync(join(folder, 'data/cluster/PG_VERSION'), '18\n');
  mkdirSync(join(folder, 'data/cluster.half-1'));
  await using postgres = await start();
  expect(postgres.output.tail(100)).toMatch(/cluster is not whole: set aside as .*cluster\.broken-/);
  expect(readdirSync(join(folder, 'data')).sort()).toEqual([
    'cluster',
    expect.stringMatching(/^cluster\.broken-/),
    'launcher.json',
  ]);
});

it('ends with code 1 and one line when its port is taken or another launcher has the folder', async () => {
  const port = await freePort();
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
  const taken = await start(join(folder, 'other'), { PORT: String(port) }).catch((error: Error) => error);
  expect(String(taken)).toContain('ended before it listened (exit code 1)');
  expect(String(taken)).toMatch(
    new RegExp(`said:\nembedded-postgres: port ${port} on 127.0.0.1 is already taken; set PORT .*$`),
  );
  await new Promise((resolve) => squatter.close(resolve));

  await using owner = await start();
  const refused = await start().catch((error: Error) => error);
  expect(String(refused)).toMatch(/data is in use by another launcher, process \d+$/);
  expect(await query(owner, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

const asRoot = process.getuid?.() === 0 ? it : it.skip;
asRoot('as root, keeps the data elsewhere and says where when postgres cannot enter the folder', async () => {
  const closed = join(folder, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const elsewhere = join(folder, 'elsewhere');
  await using postgres = await start(join(closed, 'data'), { ELSEWHERE_DIR: elsewhere });
  const dataDir = String(postgres.listeningLine.dataDir);
  expect(dataDir.startsWith(elsewhere)).toBe(true);
  expect(postgres.output.tail(100)).toContain(
    `the user postgres cannot enter ${closed}/data, so the database lies in ${dataDir}`,
  );
  expect(existsSync(join(closed, 'data'))).toBe(false);
});

it('stops its server when the process that started it is gone', async () => {
  const postgres = await start();
  const server = identifyProcess(Number(postgres.listeningLine.serverPid))!;
  postgres.child.stdio[3]?.destroy(); // what the kernel does to the pipe of a parent that was killed
  await postgres.ended;
  await eventually(() => expect(isStillAlive(server)).toBe(false));
});

guardResources();
