import { type DataSource } from 'typeorm';
import { createDataSource, type MigrationClass } from '../data-source';
import { DEFAULT_WAIT_MS } from '../database';
import { type DatabaseLogger } from '../logger';
import { waitForDatabase } from '../wait-for-database';

export interface MigrateOptions {
  url: string;
  schema: string;
  migrations: readonly MigrationClass[];
  logger: DatabaseLogger;
  waitMs?: number;
}

/** How long to wait for another migration job of the same schema to finish. */
const LOCK_TIMEOUT = '60s';
/**
 * Of the connections of a migration job, in place of a service's: an index over years of calls may take its time. What
 * must not take long is waiting for a table's lock, because everybody else then waits behind us.
 */
const MIGRATION_SETTINGS = { statement_timeout: 0, lock_timeout: 10_000 };

/**
 * Creates the schema and runs the pending migrations, each in its own transaction, one job at a time: the others wait
 * at an advisory lock and then find nothing left to do. Called by `main.js migrate`, never by a service as it runs.
 */
export const migrate = async (options: MigrateOptions): Promise<void> =>
  locked(options, async (dataSource) => {
    const done = await dataSource.runMigrations();
    options.logger.info('DATABASE_MIGRATED', {
      schema: options.schema,
      migrations: done.map(({ name }) => name),
    });
  });

/** Takes back the newest migration (OP5: forward and back). */
export const revertLastMigration = async (options: MigrateOptions): Promise<void> =>
  locked(options, (dataSource) => dataSource.undoLastMigration());

const locked = async (
  options: MigrateOptions,
  work: (dataSource: DataSource) => Promise<unknown>,
): Promise<void> => {
  const { url, schema, logger } = options;
  // Two connections: one holds the lock, the other runs the migrations.
  const dataSource = createDataSource({
    ...options,
    entities: [],
    poolSize: 2,
    session: MIGRATION_SETTINGS,
  });
  await waitForDatabase(url, logger, options.waitMs ?? DEFAULT_WAIT_MS);
  await dataSource.initialize();
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query(`SET lock_timeout = '${LOCK_TIMEOUT}'`);
    await lock.query('SELECT pg_advisory_lock(hashtext($1))', [`frontdesk-migrate:${schema}`]);
    await lock.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`);
    await work(dataSource);
  } finally {
    await lock.release();
    await dataSource.destroy(); // closes the connection, and with it the advisory lock
  }
};
