/** How the jest set-up tells the test files where its servers are. */
export const variables = {
  databaseUrl: 'FRONTDESK_TEST_DATABASE_URL',
  kafkaBrokers: 'FRONTDESK_TEST_KAFKA_BROKERS',
  /** Set by tools/test-kafka: a real Apache Kafka. */
  realKafkaBrokers: 'FRONTDESK_REAL_KAFKA_BROKERS',
} as const;

const read = (variable: string): string => {
  const value = process.env[variable];
  if (!value)
    throw new Error('run this test with "jest -c jest.integration.config.cjs", which starts its servers');
  return value;
};

/** Connection URL of the run's PostgreSQL, as superuser. Tests use createTestDatabase rather than this one. */
export const adminDatabaseUrl = (): string => read(variables.databaseUrl);

/**
 * Addresses of the run's Kafka-protocol broker. All test files share it, by the names of the topic registry: whatever
 * consumes `call.events` or jobs (recording-service, outbound-dialer) would take what other files publish, and needs a
 * broker of its own (`spawnTool('embedded-kafka')`).
 */
export const kafkaBrokers = (): string[] => read(variables.kafkaBrokers).split(',');

/** A real Apache Kafka that everything of this run should use, services included; undefined in the usual run. */
export const realKafkaBrokers = (): string | undefined => process.env[variables.realKafkaBrokers];

/** Which of jest's parallel workers this is, from 1; undefined outside of jest. */
export const jestWorker = (): number | undefined => {
  const id = process.env.JEST_WORKER_ID;
  return id === undefined ? undefined : Number(id);
};
