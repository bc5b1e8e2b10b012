import { topics } from '@frontdesk/contracts';
import { requeueDeadLetters } from '@frontdesk/messaging';
import { createLogger } from '@frontdesk/observability';
import { SERVICE } from '../app';
import { readDialerConfig } from '../config';

const sources = { jobs: topics.dialJobs, events: topics.callEvents } as const;

/**
 * Puts the dead letters of the service's topics back into them, after what made them fail was mended. Nobody is called by
 * it who would not be anyway: a job of an attempt that has moved on since finds nothing to claim.
 */
export const requeue = async ([which, ...rest]: readonly string[]): Promise<void> => {
  if ((which !== 'jobs' && which !== 'events') || rest.length > 0)
    throw new Error('requeue-dead-letters needs `jobs` or `events`');
  const config = readDialerConfig();
  const logger = createLogger({ service: SERVICE, level: config.logLevel });
  const options = { brokers: config.kafkaBrokers, clientId: SERVICE, logger };
  const count = await requeueDeadLetters(options, sources[which]);
  process.stdout.write(`${count} messages were put back into ${sources[which].name}\n`);
};
