import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestDatabase } from '../database/test-database';
import { Constellation } from './constellation';
import { freePorts, LOCAL_PUBLIC_URL, newSecrets, type ConstellationSettings } from './settings';
import { OperatorClients } from './operator-clients';

/** A constellation for a test file, with typed clients of its services and simulators. */
export interface TestConstellation extends AsyncDisposable {
  readonly constellation: Constellation;
  readonly clients: OperatorClients;
}

/**
 * Starts everything on free ports, all simulated, in a database of its own on the run's PostgreSQL and with a broker of
 * its own (services know topics by the registry's names alone). Start it in beforeAll, dispose it in afterAll.
 */
export const startConstellation = async (
  overrides: Partial<ConstellationSettings> = {},
): Promise<TestConstellation> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'frontdesk-constellation-'));
  chmodSync(dataDir, 0o755);
  const removeData = {
    [Symbol.asyncDispose]: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
  const database = await createTestDatabase();
  const constellation = await Constellation.start(
    {
      ports: await freePorts(),
      databaseUrl: database.url,
      publicUrl: LOCAL_PUBLIC_URL,
      secrets: newSecrets(),
      dataDir,
      logLevel: 'info',
      isDurable: false,
      extraEnv: {},
      ...overrides,
    },
    {},
    [removeData, database],
  );
  const clients = new OperatorClients(constellation);
  return {
    constellation,
    clients,
    async [Symbol.asyncDispose]() {
      await clients[Symbol.asyncDispose]();
      await constellation[Symbol.asyncDispose]();
    },
  };
};
