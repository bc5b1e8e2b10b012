import { DataSource, type MigrationInterface } from 'typeorm';
import { reasonOf } from './errors';
import { type DatabaseLogger } from './logger';

/** A class decorated with typeorm's @Entity; every column needs an explicit type (bundles carry no decorator metadata). */
export type EntityClass = new (...args: never[]) => object;
export type MigrationClass = new () => MigrationInterface;

/** Name of the table of executed migrations, in the service's own schema. */
export const MIGRATIONS_TABLE = 'migrations';

const CONNECT_TIMEOUT_MS = 5000;
/** A query that takes longer is a fault of ours; the caller gets an error, not a hanging request. */
const STATEMENT_TIMEOUT_MS = 30_000;
/** An outbox batch is published inside its transaction: longer than messaging's own bound for one publish. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 120_000;
const SCHEMA_NAME = /^[a-z_][a-z0-9_]{0,62}$/;

/** Our settings of a typeorm DataSource. Tables are found through the search path: SQL in apps names no schema. */
export const createDataSource = (options: {
  url: string;
  schema: string;
  entities: readonly EntityClass[];
  migrations: readonly MigrationClass[];
  logger: DatabaseLogger;
  poolSize: number;
  /** In place of ours, ms; 0 for no bound. */
  session?: { readonly statement_timeout: number; readonly lock_timeout: number };
}): DataSource => {
  if (!SCHEMA_NAME.test(options.schema))
    throw new Error(`a schema name must match ${SCHEMA_NAME}, got ${JSON.stringify(options.schema)}`);
  return new DataSource({
    type: 'postgres',
    url: options.url,
    schema: options.schema,
    entities: [...options.entities],
    migrations: [...options.migrations],
    migrationsTableName: MIGRATIONS_TABLE,
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    logging: false,
    applicationName: `frontdesk-${options.schema}`,
    poolSize: options.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    poolErrorHandler: (error: unknown) =>
      options.logger.warn('DATABASE_CONNECTION_LOST', { reason: reasonOf(error) }),
    extra: {
      keepAlive: true,
      // pg sends no zero; a bound that the server gives the user holds then, unless the options say otherwise.
      statement_timeout: options.session?.statement_timeout ?? STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
      options: [
        `-c search_path=${options.schema},public`,
        ...Object.entries(options.session ?? {}).map(([name, ms]) => `-c ${name}=${ms}`),
      ].join(' '),
    },
  });
};
