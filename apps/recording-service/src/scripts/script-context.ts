import { createLogger, type Logger, Metrics } from '@frontdesk/observability';
import { Database } from '@frontdesk/persistence';
import { DisposalStack } from '@frontdesk/runtime';
import { type ZodType } from 'zod';
import { accountsOf, createParts, SCHEMA, SERVICE } from '../app';
import { readRecordingConfig, type RecordingConfig } from '../config/config';
import { type Parts } from '../parts';
import { entities } from '../store/entities';
import { migrations } from '../store/migrations';

export interface ScriptContext {
  config: RecordingConfig;
  parts: Parts;
  accounts: ReturnType<typeof accountsOf>;
  logger: Logger;
}

/** Runs a script with the parts of the service, without its consumers and its port. What it writes goes out by the service. */
export const withParts = async (work: (context: ScriptContext) => Promise<void>): Promise<void> => {
  const config = readRecordingConfig();
  const logger = createLogger({ service: SERVICE, level: config.logLevel });
  await using held = new DisposalStack((name, error) => logger.warn('RELEASE_FAILED', { name, error }));
  const { databaseUrl: url } = config;
  const database = held.use(
    'database',
    await Database.connect({ url, schema: SCHEMA, entities, migrations, logger, poolSize: 2 }),
  );
  await database.assertMigrated();
  const parts = await createParts(config, { logger }, database, new Metrics({ withProcessMetrics: false }));
  await work({ config, parts, accounts: accountsOf(config, { logger }), logger });
};

/** Words that must be SIDs; throws one line that names the first which is none. */
export const sidsOf = (schema: ZodType<string>, words: readonly string[]): string[] =>
  words.map((word) => {
    const result = schema.safeParse(word);
    if (!result.success)
      throw new Error(`${JSON.stringify(word)} ${result.error.issues[0]?.message ?? 'is no SID'}`);
    return result.data;
  });

/** What a script did, for whoever ran it. */
export const say = (line: string): void => void process.stdout.write(`${line}\n`);
