import { type TopicDefinition } from '@frontdesk/contracts';
import { type Metrics } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import { type Admin } from 'kafkajs';
import { messagingMetrics, type MessagingMetrics } from '../metrics';
import { type MessageBus, type OutboxMessage, type Subscription } from '../port';
import { type ClientOptions } from './client';
import { LagProbe } from './lag-probe';
import { KafkaPublisher } from './publisher';
import { KafkaSubscriber } from './subscriber';
import { checkTopics } from './topics';
import { connectAdmin } from './wait-for-broker';

/** How often the broker is asked how far a group is behind. */
const lagEveryMs = 10_000;

/** The bus over Kafka. Waits up to a minute for a broker that is not up yet. */
export const connectKafka = async (
  options: ClientOptions & { metrics?: Metrics; waitMs?: number; lagEveryMs?: number },
): Promise<MessageBus> => {
  const admin = await connectAdmin(options, options.waitMs);
  return new KafkaBus(options, admin, options.metrics && messagingMetrics(options.metrics));
};

class KafkaBus implements MessageBus {
  private readonly resources: DisposalStack;
  private readonly publisher: KafkaPublisher;

  constructor(
    private readonly options: ClientOptions & { lagEveryMs?: number },
    private readonly admin: Admin,
    private readonly metrics: MessagingMetrics | undefined,
  ) {
    this.resources = new DisposalStack((name, error) =>
      options.logger.warn('KAFKA_RELEASE_FAILED', { name, reason: error }),
    );
    this.resources.defer('admin client', () => this.admin.disconnect());
    this.publisher = this.resources.use('publisher', new KafkaPublisher(options, metrics));
  }

  publish(messages: readonly OutboxMessage[]): Promise<void> {
    return this.publisher.publish(messages);
  }

  async subscribe<T>(subscription: Subscription<T>): Promise<AsyncDisposable> {
    await this.checkTopics([subscription.topic]);
    const subscriber = new KafkaSubscriber(this.options, subscription, this.metrics, (messages) =>
      this.publish(messages),
    );
    let ended: Promise<void> | undefined;
    let probe: LagProbe | undefined;
    const handle = {
      [Symbol.asyncDispose]: () => {
        probe?.[Symbol.dispose]();
        return (ended ??= subscriber[Symbol.asyncDispose]());
      },
    };
    this.resources.use(`consumer of ${subscription.topic.name}`, handle);
    await subscriber.start();
    // Disposed while it started: nobody would stop the probe.
    if (!ended) probe = this.tellLag(subscription);
    return handle;
  }

  private tellLag<T>({ topic, group, fromBeginning = true }: Subscription<T>): LagProbe | undefined {
    if (!this.metrics) return undefined;
    const { admin } = this;
    const { logger, lagEveryMs: everyMs = lagEveryMs } = this.options;
    const { lag } = this.metrics;
    return LagProbe.start({ admin, topic, group, fromBeginning, everyMs, lag, logger });
  }

  checkTopics(topics: readonly TopicDefinition[]): Promise<void> {
    return checkTopics(this.admin, topics);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources[Symbol.asyncDispose]();
  }
}
