import { topics } from '@frontdesk/contracts';
import { createTopics } from '@frontdesk/messaging';
import { createLogger } from '@frontdesk/observability';
import { migrate } from '@frontdesk/persistence';
import { growHeapInLargerSteps, runMain } from '@frontdesk/runtime';
import { SCHEMA, SERVICE, startGreetingService } from './app';
import { readGreetingConfig, settings } from './config';
import { migrations } from './store/migrations';

/** Its heap is small: three times of it fit the pod. */
const HEAP_GROWTH_PERCENT = 200;

growHeapInLargerSteps(HEAP_GROWTH_PERCENT);
void runMain({
  name: SERVICE,
  settings,
  start: () => startGreetingService(readGreetingConfig(process.env)),
  commands: {
    migrate: async () => {
      const config = readGreetingConfig(process.env);
      const logger = createLogger({ service: SERVICE, level: config.logLevel });
      await migrate({ url: config.databaseUrl, schema: SCHEMA, migrations, logger });
      await createTopics({ brokers: config.kafkaBrokers, logger }, [topics.profileEvents]);
    },
  },
});
