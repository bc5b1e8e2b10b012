import { type MigrationInterface, type QueryRunner } from 'typeorm';
import {
  createTestDatabase,
  DatabaseDoor,
  freePort,
  guardResources,
  type TestDatabase,
} from '@frontdesk/test-harness';
import {
  claimInbox,
  Database,
  InboxMigration1700000000002,
  isConnectionError,
  migrate,
  OutboxMigration1700000000001,
  pruneInbox,
  revertLastMigration,
} from '../src';

const silent = { info: () => undefined, warn: () => undefined };
const migrations = [OutboxMigration1700000000001, InboxMigration1700000000002];

let server: TestDatabase;
beforeAll(async () => (server = await createTestDatabase()));
afterAll(() => server[Symbol.asyncDispose]());

const connect = (schema: string): Promise<Database> =>
  Database.connect({ url: server.url, schema, entities: [], migrations, logger: silent });

describe('migrations', () => {
  it('names what has not run until the migration job has run, then is satisfied', async () => {
    await using database = await connect('first');
    await expect(database.assertMigrated()).rejects.toThrow(
      /schema first is not migrated: OutboxMigration1700000000001, InboxMigration1700000000002 not run/,
    );
    await migrate({ url: server.url, schema: 'first', migrations, logger: silent });
    await expect(database.assertMigrated()).resolves.toBeUndefined();
  });

  it('runs each migration once when three jobs start at the same moment', async () => {
    let runs = 0;
    class Counted1700000000003 implements MigrationInterface {
      readonly name = 'Counted1700000000003';
      async up(queryRunner: QueryRunner): Promise<void> {
        runs += 1;
        await queryRunner.query('SELECT pg_sleep(0.1)');
        await queryRunner.query('CREATE TABLE counted (id int)');
      }
      async down(queryRunner: QueryRunner): Promise<void> {
        await queryRunner.query('DROP TABLE counted');
      }
    }
    const options = {
      url: server.url,
      schema: 'raced',
      migrations: [...migrations, Counted1700000000003],
      logger: silent,
    };
    await Promise.all([migrate(options), migrate(options), migrate(options)]);
    expect(runs).toBe(1);
  });

  it('lets a migration take as long as it needs, but not wait long for a lock', async () => {
    const seen: unknown[] = [];
    class Settings1700000000004 implements MigrationInterface {
      readonly name = 'Settings1700000000004';
      async up(queryRunner: QueryRunner): Promise<void> {
        seen.push(
          await queryRunner.query(
            `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`,
          ),
        );
      }
      async down(): Promise<void> {
        // Nothing was made.
      }
    }
    await migrate({
      url: server.url,
      schema: 'unhurried',
      migrations: [...migrations, Settings1700000000004],
      logger: silent,
    });
    expect(seen).toEqual([[{ statement: '0', lock: '10s' }]]);
  });

  it('goes back by one and forward again', async () => {
    const options = { url: server.url, schema: 'back', migrations, logger: silent };
    await migrate(options);
    await revertLastMigration(options);
    const tables = (): Promise<{ table_name: string }[]> =>
      server.query(
        `SELECT table_name FROM information_schema.tables WHERE table_schema = 'back' ORDER BY table_name`,
      );
    expect(await tables()).toEqual([{ table_name: 'migrations' }, { table_name: 'outbox' }]);
    await migrate(options);
    expect(await tables()).toHaveLength(3);
  });
});

describe('a database that is not there', () => {
  it('says what it waits for and gives up after the bound, in one line', async () => {
    const port = await freePort();
    const said: unknown[] = [];
    const attempt = Database.connect({
      url: `postgres://frontdesk:secret@127.0.0.1:${port}/frontdesk`,
      schema: 'x',
      entities: [],
      migrations: [],
      logger: { ...silent, warn: (event, fields) => said.push([event, fields?.database]) },
      waitMs: 600,
    });
    await expect(attempt).rejects.toThrow(
      `the database at 127.0.0.1:${port}/frontdesk did not come up within 1 s: connect ECONNREFUSED 127.0.0.1:${port}`,
    );
    expect(said).toEqual([['DATABASE_WAITING', `127.0.0.1:${port}/frontdesk`]]);
  });

  it('is connected to once it comes up during the wait', async () => {
    await using door = await DatabaseDoor.open(server.url);
    await door.shut();
    let isWaiting = (): void => undefined;
    const waiting = new Promise<void>((resolve) => (isWaiting = resolve));
    const connecting = Database.connect({
      url: door.url,
      schema: 'late',
      entities: [],
      migrations: [],
      logger: { ...silent, warn: () => isWaiting() },
    });
    await waiting;
    await door.reopen();
    await using database = await connecting;
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('fails at once when it refuses the password', async () => {
    const url = new URL(server.url);
    url.password = 'wrong';
    const attempt = Database.connect({
      url: url.href,
      schema: 'x',
      entities: [],
      migrations: [],
      logger: silent,
    });
    await expect(attempt).rejects.toThrow(/refuses the connection: password authentication failed/);
  });
});

describe('a database that goes away', () => {
  it('is told from a query that was refused, wherever in a transaction it goes, and is used again when it is back', async () => {
    await using door = await DatabaseDoor.open(server.url);
    await using database = await Database.connect({
      url: door.url,
      schema: 'public',
      entities: [],
      migrations: [],
      logger: silent,
    });
    const refused = database.transaction((manager) => manager.query('SELECT 1 / 0'));
    await expect(refused.catch(isConnectionError)).resolves.toBe(false);
    const between = database.transaction(async (manager) => {
      await manager.query('SELECT 1');
      await door.shut();
      await new Promise((resolve) => setImmediate(resolve));
      await manager.query('SELECT 1');
    });
    await expect(between.catch(isConnectionError)).resolves.toBe(true);
    await expect(database.ping().catch(isConnectionError)).resolves.toBe(true);
    await door.reopen();
    const within = database.transaction(async (manager) => {
      const asleep = manager.query('SELECT pg_sleep(30)');
      await door.shut();
      await asleep;
    });
    await expect(within.catch(isConnectionError)).resolves.toBe(true);
    await door.reopen();
    await expect(database.ping()).resolves.toBeUndefined();
  });

  it('that ends a connection between two queries of a transaction has gone away', async () => {
    await using database = await connect('public');
    const ended = database.transaction(async (manager) => {
      const [row] = await manager.query<{ pid: number }[]>('SELECT pg_backend_pid() AS pid');
      await server.query('SELECT pg_terminate_backend($1, 5000)', [row!.pid]);
      // The farewell of the server is read in a later turn of the event loop.
      await new Promise((resolve) => setTimeout(resolve, 50));
      await manager.query('SELECT 1');
    });
    await expect(ended.catch(isConnectionError)).resolves.toBe(true);
  });
});

describe('the inbox', () => {
  beforeAll(() => migrate({ url: server.url, schema: 'inbox', migrations, logger: silent }));

  it('lets an event through once for a consumer, and again after a rollback', async () => {
    await using database = await connect('inbox');
    const claim = (consumer: string): Promise<boolean> =>
      database.transaction((manager) => claimInbox(manager, consumer, 'event-1'));
    const failed = database.transaction(async (manager) => {
      await claimInbox(manager, 'a', 'event-1');
      throw new Error('handler failed');
    });
    await expect(failed).rejects.toThrow('handler failed');
    expect(await claim('a')).toBe(true);
    expect(await claim('a')).toBe(false);
    expect(await claim('b')).toBe(true);
  });

  it('gives one of two transactions that claim at the same time the event', async () => {
    await using database = await connect('inbox');
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let claimed = (): void => undefined;
    const firstClaimed = new Promise<void>((resolve) => (claimed = resolve));
    const slow = database.transaction(async (manager) => {
      const result = await claimInbox(manager, 'race', 'event-2');
      claimed();
      await held;
      return result;
    });
    await firstClaimed;
    const fast = database.transaction((manager) => claimInbox(manager, 'race', 'event-2'));
    release();
    expect(await Promise.all([slow, fast])).toEqual([true, false]);
  });

  it('forgets what is older than asked', async () => {
    await using database = await connect('inbox');
    const { manager } = database.dataSource;
    await claimInbox(manager, 'prune', 'event-3');
    expect(await pruneInbox(manager, 60_000)).toBe(0);
    expect(await pruneInbox(manager, -1000)).toBeGreaterThan(0);
    expect(await claimInbox(manager, 'prune', 'event-3')).toBe(true);
  });
});

guardResources();
