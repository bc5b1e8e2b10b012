import { createTopics } from '@frontdesk/messaging';
import { createLogger } from '@frontdesk/observability';
import { migrate } from '@frontdesk/persistence';
import { runMain } from '@frontdesk/runtime';
import { SCHEMA, SERVICE, startOutboundDialer } from './app';
import { readDialerConfig, settings } from './config';
import { scripts } from './scripts';
import { migrations } from './store/migrations';
import { workerTopics } from './worker';

void runMain({
  name: SERVICE,
  settings,
  start: () => startOutboundDialer(readDialerConfig(process.env)),
  commands: {
    ...scripts,
    migrate: async () => {
      const config = readDialerConfig(process.env);
      const logger = createLogger({ service: SERVICE, level: config.logLevel });
      await migrate({ url: config.databaseUrl, schema: SCHEMA, migrations, logger });
      await createTopics({ brokers: config.kafkaBrokers, logger }, workerTopics);
    },
  },
});
