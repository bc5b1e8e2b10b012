import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { adminDatabaseUrl } from '../test-servers';

/** A database of one test file: nobody else's rows in it, and gone afterwards. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string;
  readonly url: string;
  query<T extends object>(sql: string, values?: unknown[]): Promise<T[]>;
  /** A database with the same content, quickly; nothing may be connected to this one meanwhile. */
  clone(): Promise<TestDatabase>;
}

/** Makes an empty database on the run's PostgreSQL. Dispose it in afterAll. */
export const createTestDatabase = (): Promise<TestDatabase> => create('template1');

const create = async (template: string): Promise<TestDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const url = new URL(adminDatabaseUrl());
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    query: (sql, values) => queryDatabase(url.href, sql, values),
    clone: () => create(name),
    // FORCE ends connections that a test left open; the leak guard is what reports those.
    [Symbol.asyncDispose]: async () => {
      await asAdmin(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
};

const asAdmin = (sql: string): Promise<object[]> => queryDatabase(adminDatabaseUrl(), sql);

/** One query over a connection of its own. */
export const queryDatabase = async <T extends object>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<T[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql, values)).rows;
  } finally {
    await client.end();
  }
};
