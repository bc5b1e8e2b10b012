import { setTimeout as sleep } from 'node:timers/promises';
import { type Admin } from 'kafkajs';
import { events } from '../events';
import { newClient, type ClientOptions } from './client';

const pauseMs = 500;
/** How long a service waits for a broker that is not up yet. */
export const brokerWaitMs = 60_000;

/** Connects an admin client, waiting bounded for the broker; says what it waits for. */
export const connectAdmin = async (options: ClientOptions, waitMs = brokerWaitMs): Promise<Admin> => {
  const deadline = Date.now() + waitMs;
  for (let attempt = 1; ; attempt++) {
    const admin = newClient(options).admin({ retry: { retries: 1, initialRetryTime: 100 } });
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      const brokers = options.brokers.join(',');
      const reason = (error as Error).message;
      if (Date.now() + pauseMs > deadline)
        throw new Error(
          `no Kafka broker at ${brokers} within ${waitMs} ms (${reason}); check KAFKA_BROKERS`,
          {
            cause: error,
          },
        );
      if (attempt === 1) options.logger.info(events.waitingForBroker, { brokers, waitMs, reason });
      await sleep(pauseMs);
    }
  }
};
