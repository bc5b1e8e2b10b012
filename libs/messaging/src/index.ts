export * from './port';
export { kafkaSettings } from './settings';
export { connectKafka } from './kafka/connect-kafka';
export { createTopics } from './kafka/topics';
export { failureHeaders } from './kafka/dead-letter';
export { requeueDeadLetters } from './kafka/requeue';
export { OutboxRelay, type OutboxRelayOptions } from './outbox/outbox-relay';
export { BoundedPublisher, type BoundedPublisherOptions, type Priority } from './outbox/bounded-publisher';
