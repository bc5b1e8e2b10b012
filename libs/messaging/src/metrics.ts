import { type Metrics } from '@frontdesk/observability';

/** The library's metrics; asking twice gives the same ones. */
export const messagingMetrics = (metrics: Metrics) => ({
  published: metrics.counter('frontdesk_messages_published_total', 'Messages acknowledged by Kafka', [
    'topic',
  ]),
  handled: metrics.counter('frontdesk_messages_handled_total', 'Messages handled, by result', [
    'topic',
    'group',
    'result',
  ]),
  lag: metrics.gauge('frontdesk_consumer_lag', 'Messages that the group has not committed yet', [
    'topic',
    'group',
    'partition',
  ]),
  publisherDropped: metrics.counter(
    'frontdesk_publisher_dropped_total',
    'Messages dropped because the buffer was full',
    ['priority'],
  ),
  publisherWaiting: metrics.gauge('frontdesk_publisher_waiting', 'Messages in the publisher buffer'),
  relayed: metrics.counter('frontdesk_outbox_relayed_total', 'Outbox rows published'),
  relayFailures: metrics.counter('frontdesk_outbox_failures_total', 'Runs of the outbox relay that failed'),
});
export type MessagingMetrics = ReturnType<typeof messagingMetrics>;
