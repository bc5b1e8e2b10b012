import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chmodSync } from 'node:fs';
// Jest resolves no path aliases here: everything reachable from this file imports by relative paths and packages only.
import { spawnTool, type RunningProcess } from '../processes/child-process';
import { variables } from '../test-servers';

declare global {
  var frontdeskTestServers: AsyncDisposable | undefined;
}

/** Starts one PostgreSQL and one Kafka-protocol broker for the whole run; nothing of the environment is used. */
export default async function globalSetup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-test-'));
  chmodSync(folder, 0o755); // the database's user must be able to enter
  const started: RunningProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const server of started.reverse()) await server[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [postgres, kafka] = await Promise.allSettled([
      spawnTool('embedded-postgres', { PORT: '0', DATA_DIR: join(folder, 'postgres'), DURABLE: 'false' }),
      spawnTool('embedded-kafka', { PORT: '0', DATA_DIR: join(folder, 'kafka') }),
    ]);
    for (const result of [postgres, kafka]) if (result.status === 'fulfilled') started.push(result.value);
    for (const result of [postgres, kafka]) if (result.status === 'rejected') throw result.reason;
    process.env[variables.databaseUrl] = String(started[0]?.listeningLine.url);
    process.env[variables.kafkaBrokers] = `127.0.0.1:${started[1]?.listeningLine.port}`;
  } catch (error) {
    await stop();
    throw error;
  }
  globalThis.frontdeskTestServers = { [Symbol.asyncDispose]: stop };
}
