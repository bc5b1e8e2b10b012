import { type Logger } from '@frontdesk/observability';
import { Kafka, logLevel } from 'kafkajs';
import { fixIdleTimer } from './idle-timer-fix';
import { logCreatorFor } from './log-creator';

fixIdleTimer();

export interface ClientOptions {
  brokers: string[];
  clientId: string;
  logger: Logger;
}

/** Retries of one request inside kafkajs; what takes longer is decided here, above it. */
export const requestRetry = { initialRetryTime: 100, maxRetryTime: 1000, multiplier: 2, retries: 5 };

export const newClient = ({ brokers, clientId, logger }: ClientOptions): Kafka =>
  new Kafka({
    brokers,
    clientId,
    connectionTimeout: 3000,
    requestTimeout: 15_000,
    retry: requestRetry,
    logLevel: logLevel.INFO,
    logCreator: logCreatorFor(logger),
  });
