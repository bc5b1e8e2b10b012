import { topics } from '@frontdesk/contracts';
import { createTopics } from '@frontdesk/messaging';
import { createLogger } from '@frontdesk/observability';
import { growHeapInLargerSteps, runMain } from '@frontdesk/runtime';
import { SERVICE, startMediaGateway } from './app';
import { readGatewayConfig, settings } from './config';

/** More would be more than a call may cost in memory. */
const HEAP_GROWTH_PERCENT = 60;
/** Longer than any drain: every step of the release has a bound of its own. */
const LAST_RESORT_MS = 5 * 3_600_000;

growHeapInLargerSteps(HEAP_GROWTH_PERCENT);
void runMain({
  name: SERVICE,
  settings,
  lastResortMs: LAST_RESORT_MS,
  start: () => startMediaGateway(readGatewayConfig(process.env)),
  commands: {
    migrate: async () => {
      const { kafkaBrokers, logLevel } = readGatewayConfig(process.env);
      const logger = createLogger({ service: SERVICE, level: logLevel });
      await createTopics({ brokers: kafkaBrokers, logger }, [topics.callEvents]);
    },
  },
});
