import { createTopics } from '@frontdesk/messaging';
import { createLogger } from '@frontdesk/observability';
import { migrate } from '@frontdesk/persistence';
import { runMain } from '@frontdesk/runtime';
import { SCHEMA, SERVICE, startRecordingService } from './app';
import { readRecordingConfig, settings } from './config/config';
import { consumedTopics } from './consumers';
import { scripts } from './scripts';
import { migrations } from './store/migrations';

void runMain({
  name: SERVICE,
  settings,
  start: () => startRecordingService(readRecordingConfig()),
  commands: {
    ...scripts,
    migrate: async () => {
      const config = readRecordingConfig();
      const logger = createLogger({ service: SERVICE, level: config.logLevel });
      await migrate({ url: config.databaseUrl, schema: SCHEMA, migrations, logger });
      await createTopics({ brokers: config.kafkaBrokers, logger }, consumedTopics);
    },
  },
});
