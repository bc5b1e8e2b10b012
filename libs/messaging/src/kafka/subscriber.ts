import { type Logger } from '@frontdesk/observability';
import { type Consumer, type EachBatchPayload } from 'kafkajs';
import { events } from '../events';
import { type MessagingMetrics } from '../metrics';
import { type OutboxMessage, type Subscription } from '../port';
import { newClient, requestRetry, type ClientOptions } from './client';
import { MessageHandler } from './message-handler';

/** Kafka's least session time-out: how long a member that died holds up its group's rebalance. */
const sessionTimeoutMs = 6000;
const heartbeatIntervalMs = 1000;
/** How long the group waits for a member that is still at work when it rebalances. */
const rebalanceTimeoutMs = 30_000;
/** `disconnect` waits out the fetch that is under way. */
const maxFetchWaitMs = 500;
const commitIntervalMs = 1000;
const commitEachMessages = 100;

/** Errors of a heartbeat after which the partitions belong to someone else. */
const membershipLost = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID'];

/**
 * One consumer of a group. Messages of a partition are handled in order; heartbeats go out on a timer while a handler
 * waits; offsets are committed each second, each 100 messages and at the end of a batch. When the group rebalances, the
 * message in hand is finished first; when the partition is lost, its handler is told by the signal.
 */
export class KafkaSubscriber<T> implements AsyncDisposable {
  private readonly stopping = new AbortController();
  private readonly handler: MessageHandler<T>;
  private readonly logger: Logger;
  private readonly consumer: Consumer;

  constructor(
    options: ClientOptions,
    private readonly subscription: Subscription<T>,
    metrics: MessagingMetrics | undefined,
    publish: (messages: OutboxMessage[]) => Promise<void>,
  ) {
    this.logger = options.logger;
    this.handler = new MessageHandler({ subscription, publish, logger: this.logger, metrics });
    this.consumer = newClient(options).consumer({
      groupId: subscription.group,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      maxWaitTimeInMs: maxFetchWaitMs,
      allowAutoTopicCreation: false,
      retry: requestRetry,
    });
  }

  async start(): Promise<void> {
    const { topic, group, concurrency = 1, fromBeginning = true } = this.subscription;
    this.watch();
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [topic.name], fromBeginning });
    await this.consumer.run({
      autoCommitInterval: commitIntervalMs,
      autoCommitThreshold: commitEachMessages,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: concurrency,
      eachBatch: (payload) => this.handleBatch(payload),
    });
    this.logger.debug('KAFKA_SUBSCRIBED', { topic: topic.name, group });
  }

  private watch(): void {
    const { topic, group } = this.subscription;
    const fields = { topic: topic.name, group };
    this.consumer.on(this.consumer.events.REBALANCING, () => this.logger.info(events.rebalancing, fields));
    this.consumer.on(this.consumer.events.CRASH, ({ payload: { error, restart } }) => {
      if (restart || this.stopping.signal.aborted) {
        this.logger.warn(events.consumerRestarting, { ...fields, reason: error.message });
        return;
      }
      this.logger.error(events.consumerCrashed, { ...fields, reason: error });
      this.subscription.onCrash?.(error);
    });
  }

  private async handleBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    for (const message of batch.messages) {
      if (this.stopping.signal.aborted || !payload.isRunning() || payload.isStale()) return;
      const life = new PartitionLife(payload, this.stopping.signal);
      try {
        await this.handler.process(message, batch.partition, life);
      } catch (error) {
        if (this.stopping.signal.aborted) return; // undecided: whoever reads on gets it again
        throw life.lost ?? error;
      } finally {
        life.end();
      }
      if (life.lost) {
        this.logger.warn(events.partitionLost, { topic: batch.topic, partition: batch.partition });
        throw life.lost;
      }
      payload.resolveOffset(message.offset);
      if (life.rebalancing) throw life.rebalancing; // kafkajs commits what is resolved and joins again
      await payload.heartbeat();
      await payload.commitOffsetsIfNecessary();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.consumer.disconnect();
  }
}

/** Keeps a member alive while one handler runs, and tells the handler when it should stop. */
class PartitionLife {
  private readonly aborting = new AbortController();
  private readonly timer: NodeJS.Timeout;
  /** Another member joins or leaves: finish this message, then join again. */
  rebalancing: Error | undefined;
  /** The partition is someone else's by now. */
  lost: Error | undefined;
  readonly signal: AbortSignal;

  constructor(
    private readonly payload: EachBatchPayload,
    stopping: AbortSignal,
  ) {
    this.signal = AbortSignal.any([this.aborting.signal, stopping]);
    this.timer = setInterval(() => void this.heartbeat().catch(() => undefined), heartbeatIntervalMs);
  }

  heartbeat = async (): Promise<void> => {
    try {
      await this.payload.heartbeat();
    } catch (error) {
      const { type } = error as { type?: string };
      if (type === 'REBALANCE_IN_PROGRESS') this.rebalancing = error as Error;
      else if (type && membershipLost.includes(type)) {
        this.lost = error as Error;
        this.aborting.abort(error);
      }
    }
  };

  end(): void {
    clearInterval(this.timer);
  }
}
