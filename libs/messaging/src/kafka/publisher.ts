import { type Logger } from '@frontdesk/observability';
import { type Producer } from 'kafkajs';
import { events } from '../events';
import { type MessagingMetrics } from '../metrics';
import { type OutboxMessage } from '../port';
import { newClient, type ClientOptions } from './client';
import { encodeMessage } from './message-codec';
import { rememberingPartitioner } from './remembering-partitioner';

interface Waiting {
  readonly messages: readonly OutboxMessage[];
  resolve(): void;
  reject(error: Error): void;
}

/** About a minute of an unreachable broker; then the caller is told that the messages may not have arrived. */
const retry = { initialRetryTime: 100, maxRetryTime: 1000, multiplier: 2, retries: 60 };
const maxMessagesOfSend = 1000;

/**
 * Publishes with acks=all by an idempotent producer, one send at a time: what is asked for meanwhile goes together in
 * the next one. One at a time because kafkajs gives the sequence of a failed send to whichever send comes next; when
 * the broker had the failed one after all, it would take the other for its repeat and drop it. For the same reason a
 * producer whose send failed for good is replaced by one with a new producer id.
 */
export class KafkaPublisher implements AsyncDisposable {
  private waiting: Waiting[] = [];
  private producer: Promise<Producer> | undefined;
  private isSending = false;
  private isClosed = false;
  private readonly logger: Logger;

  constructor(
    private readonly options: ClientOptions,
    private readonly metrics: MessagingMetrics | undefined,
  ) {
    this.logger = options.logger;
  }

  publish(messages: readonly OutboxMessage[]): Promise<void> {
    if (messages.length === 0) return Promise.resolve();
    if (this.isClosed) return Promise.reject(new Error('the message bus is closed'));
    return new Promise((resolve, reject) => {
      this.waiting.push({ messages, resolve, reject });
      void this.sendWaiting();
    });
  }

  private async sendWaiting(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    while (this.waiting.length > 0 && !this.isClosed) {
      const batch = this.takeBatch();
      try {
        await this.send(batch.flatMap(({ messages }) => messages));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.logger.warn(events.publishFailed, { reason: error });
        this.replaceProducer();
        for (const { reject } of batch) reject(error as Error);
      }
    }
    this.isSending = false;
  }

  private takeBatch(): Waiting[] {
    let count = 0;
    const end = this.waiting.findIndex(({ messages }, index) => {
      count += messages.length;
      return index > 0 && count > maxMessagesOfSend;
    });
    return this.waiting.splice(0, end < 0 ? this.waiting.length : end);
  }

  private async send(messages: readonly OutboxMessage[]): Promise<void> {
    const byTopic = new Map<string, OutboxMessage[]>();
    for (const message of messages) {
      const ofTopic = byTopic.get(message.topic);
      if (ofTopic) ofTopic.push(message);
      else byTopic.set(message.topic, [message]);
    }
    const producer = await (this.producer ??= this.connect());
    await producer.sendBatch({
      acks: -1,
      topicMessages: [...byTopic].map(([topic, ofTopic]) => ({
        topic,
        messages: ofTopic.map(encodeMessage),
      })),
    });
    for (const [topic, { length }] of byTopic) this.metrics?.published.inc({ topic }, length);
  }

  private async connect(): Promise<Producer> {
    const producer = newClient(this.options).producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: rememberingPartitioner,
      retry,
    });
    await producer.connect();
    return producer;
  }

  private replaceProducer(): void {
    const old = this.producer;
    this.producer = undefined;
    old?.then((producer) => producer.disconnect()).catch(() => undefined);
  }

  /** Rejects what still waits: its caller keeps it or counts it as lost. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isClosed = true;
    for (const { reject } of this.waiting.splice(0)) reject(new Error('the message bus is closed'));
    const producer = await this.producer?.catch(() => undefined);
    this.producer = undefined;
    await producer?.disconnect();
  }
}
