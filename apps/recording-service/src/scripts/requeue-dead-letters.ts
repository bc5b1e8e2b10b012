import { topics } from '@frontdesk/contracts';
import { requeueDeadLetters } from '@frontdesk/messaging';
import { createLogger } from '@frontdesk/observability';
import { SERVICE } from '../app';
import { readRecordingConfig } from '../config/config';
import { say } from './script-context';

const sources = { jobs: topics.recordingJobs, events: topics.callEvents } as const;

/** Puts the dead letters of the service's topics back into them, after what made them fail was mended. */
export const requeue = async ([which, ...rest]: readonly string[]): Promise<void> => {
  if ((which !== 'jobs' && which !== 'events') || rest.length > 0)
    throw new Error('requeue-dead-letters needs `jobs` or `events`');
  const config = readRecordingConfig();
  const logger = createLogger({ service: SERVICE, level: config.logLevel });
  const { kafkaBrokers: brokers } = config;
  const count = await requeueDeadLetters({ brokers, clientId: SERVICE, logger }, sources[which]);
  say(`${count} messages were put back into ${sources[which].name}`);
};
