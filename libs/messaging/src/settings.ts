import { list } from '@frontdesk/runtime';

/** Where the broker is. */
export const kafkaSettings = {
  kafkaBrokers: list('KAFKA_BROKERS', 'Kafka brokers, host:port, comma-separated'),
};
