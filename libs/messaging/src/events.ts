/** Names of this library's log lines. */
export const events = {
  waitingForBroker: 'KAFKA_WAITING_FOR_BROKER',
  clientMessage: 'KAFKA_CLIENT',
  topicCreated: 'KAFKA_TOPIC_CREATED',
  publishFailed: 'KAFKA_PUBLISH_FAILED',
  handlerFailed: 'KAFKA_HANDLER_FAILED',
  deadLettered: 'KAFKA_DEAD_LETTERED',
  rebalancing: 'KAFKA_REBALANCING',
  lagUnknown: 'KAFKA_LAG_UNKNOWN',
  consumerRestarting: 'KAFKA_CONSUMER_RESTARTING',
  consumerCrashed: 'KAFKA_CONSUMER_CRASHED',
  partitionLost: 'KAFKA_PARTITION_LOST',
  outboxFailed: 'OUTBOX_RELAY_FAILED',
  publisherDropped: 'PUBLISHER_DROPPED',
} as const;
