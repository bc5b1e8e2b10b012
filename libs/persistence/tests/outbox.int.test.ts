import { createTestDatabase, eventually, guardResources, type TestDatabase } from '@frontdesk/test-harness';
import { appendToOutbox, Database, migrate, OutboxMigration1700000000001, PostgresOutboxStore } from '../src';

const silent = { info: () => undefined, warn: () => undefined };
const migrations = [OutboxMigration1700000000001];

let server: TestDatabase;
let database: Database;
beforeAll(async () => {
  server = await createTestDatabase();
  await migrate({ url: server.url, schema: 'app', migrations, logger: silent });
  database = await Database.connect({
    url: server.url,
    schema: 'app',
    entities: [],
    migrations,
    logger: silent,
  });
});
beforeEach(() => database.dataSource.query('DELETE FROM outbox'));
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const message = (n: number, key = 'k') => ({ topic: 't', key, value: { n }, headers: { h: String(n) } });
const append = (...numbers: number[]): Promise<void> =>
  database.transaction((manager) =>
    appendToOutbox(
      manager,
      numbers.map((n) => message(n)),
    ),
  );
const takeAll = async (store: PostgresOutboxStore, limit = 100): Promise<unknown[]> => {
  const taken: unknown[] = [];
  await store.takeBatch(limit, async (rows) => void taken.push(...rows.map(({ value }) => value)));
  return taken;
};

it('hands messages over in the order they were written, with topic, key and headers', async () => {
  const store = new PostgresOutboxStore(database);
  await append(1, 2);
  await append(3);
  const taken: unknown[] = [];
  expect(await store.takeBatch(2, async (rows) => void taken.push(...rows))).toBe(2);
  expect(taken).toEqual([message(1), message(2)]);
  expect(await takeAll(store)).toEqual([{ n: 3 }]);
  expect(await takeAll(store)).toEqual([]);
});

it('writes nothing when the transaction rolls back', async () => {
  const failed = database.transaction(async (manager) => {
    await appendToOutbox(manager, [message(1)]);
    throw new Error('no');
  });
  await expect(failed).rejects.toThrow('no');
  expect(await takeAll(new PostgresOutboxStore(database))).toEqual([]);
});

it('keeps every message when publishing fails, and hands them over again', async () => {
  const store = new PostgresOutboxStore(database);
  await append(1, 2);
  const failed = store.takeBatch(10, () => Promise.reject(new Error('broker is down')));
  await expect(failed).rejects.toThrow('broker is down');
  expect(await takeAll(store)).toEqual([{ n: 1 }, { n: 2 }]);
});

it('lets one relay publish at a time: a second one gets nothing while the first is at work', async () => {
  const store = new PostgresOutboxStore(database);
  await append(1, 2);
  let meanwhile: unknown[] | undefined;
  await store.takeBatch(1, async () => {
    meanwhile = await takeAll(new PostgresOutboxStore(database));
  });
  expect(meanwhile).toEqual([]);
  expect(await takeAll(store)).toEqual([{ n: 2 }]);
});

it('wakes the listener at a commit, and again after its connection was cut', async () => {
  let wakes = 0;
  const listener = await new PostgresOutboxStore(database).listen(() => (wakes += 1));
  expect(wakes).toBe(1); // once on connecting: earlier notifications are lost
  await append(1);
  await eventually(() => expect(wakes).toBe(2));

  await server.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'frontdesk-listen-outbox_app'`,
  );
  await eventually(() => expect(wakes).toBe(3));
  await append(2);
  await eventually(() => expect(wakes).toBe(4));
  await listener[Symbol.asyncDispose]();
});

guardResources();
