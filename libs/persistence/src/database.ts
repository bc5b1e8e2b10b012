import { type DataSource, type EntityManager } from 'typeorm';
import { transactionError } from './errors';
import { createDataSource, MIGRATIONS_TABLE, type EntityClass, type MigrationClass } from './data-source';
import { type DatabaseLogger } from './logger';
import { waitForDatabase } from './wait-for-database';

export { type EntityClass, type MigrationClass };

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database` */
  url: string;
  /** The service's own schema; no service reads another's. */
  schema: string;
  entities: readonly EntityClass[];
  migrations: readonly MigrationClass[];
  logger: DatabaseLogger;
  poolSize?: number;
  /** How long to wait for a server that is not up yet. */
  waitMs?: number;
}

export const DEFAULT_WAIT_MS = 60_000;
const DEFAULT_POOL_SIZE = 10;

/** A service's connection pool to its own schema. Survives the server going away: each query fails or works by itself. */
export class Database implements AsyncDisposable {
  private isKnownMigrated = false;

  private constructor(
    readonly dataSource: DataSource,
    readonly url: string,
    readonly schema: string,
    readonly logger: DatabaseLogger,
  ) {}

  /** Connects, waiting (bounded) for a server that is not up yet and saying what it waits for. */
  static async connect(options: DatabaseOptions): Promise<Database> {
    const { url, schema, logger } = options;
    const dataSource = createDataSource({ ...options, poolSize: options.poolSize ?? DEFAULT_POOL_SIZE });
    await waitForDatabase(url, logger, options.waitMs ?? DEFAULT_WAIT_MS);
    await dataSource.initialize();
    return new Database(dataSource, url, schema, logger);
  }

  /** Runs `work` in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(work).catch((error: unknown) => {
      throw transactionError(error);
    });
  }

  /** For readiness: throws when the server does not answer. */
  async ping(): Promise<void> {
    await this.dataSource.query('SELECT 1');
  }

  /** For readiness: throws naming the migrations that have not run. Migrations run by `main.js migrate` alone (OP5). */
  async assertMigrated(): Promise<void> {
    if (this.isKnownMigrated) return;
    const pending = await this.pendingMigrations();
    if (pending.length > 0)
      throw new Error(
        `schema ${this.schema} is not migrated: ${pending.join(', ')} not run; run "main.js migrate"`,
      );
    this.isKnownMigrated = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async pendingMigrations(): Promise<string[]> {
    const table = `"${this.schema}"."${MIGRATIONS_TABLE}"`;
    const [found] = await this.dataSource.query<{ exists: boolean }[]>(
      'SELECT to_regclass($1) IS NOT NULL AS exists',
      [table],
    );
    const done = found?.exists
      ? await this.dataSource.query<{ name: string }[]>(`SELECT name FROM ${table}`)
      : [];
    const doneNames = new Set(done.map(({ name }) => name));
    return this.dataSource.migrations
      .map((migration) => migration.name ?? migration.constructor.name)
      .filter((name) => !doneNames.has(name));
  }
}
