import { integer, url } from '@frontdesk/runtime';

/**
 * Where a service's database is.
 * @param options.minPoolSize connections that the service holds for longer than a query, and one more
 */
export const databaseSettings = (schema: string, { minPoolSize }: { minPoolSize: number }) => ({
  databaseUrl: url('DATABASE_URL', `PostgreSQL, in session mode; the schema is \`${schema}\``, {
    protocols: ['postgres', 'postgresql'],
    secret: true,
  }),
  databasePoolSize: integer('DATABASE_POOL_SIZE', 'Connections to PostgreSQL', {
    default: 10,
    min: minPoolSize,
    max: 100,
  }),
});
