import { backoffMs, type BackoffPolicy } from '@frontdesk/runtime';
import { type Logger } from '@frontdesk/observability';
import { type KafkaMessage } from 'kafkajs';
import { setTimeout as sleep } from 'node:timers/promises';
import { events } from '../events';
import { type MessagingMetrics } from '../metrics';
import { defaultRetry, type HandlerContext, type OutboxMessage, type Subscription } from '../port';
import { deadLetter } from './dead-letter';
import { decodeHeaders, decodeValue } from './message-codec';

export interface MessageHandlerOptions<T> {
  subscription: Subscription<T>;
  publish(messages: OutboxMessage[]): Promise<void>;
  logger: Logger;
  metrics: MessagingMetrics | undefined;
}

/** Takes one message to its end: handled, or tried by the policy and then in the dead-letter topic. */
export class MessageHandler<T> {
  private readonly retry: BackoffPolicy;

  constructor(private readonly options: MessageHandlerOptions<T>) {
    this.retry = options.subscription.retry ?? defaultRetry;
  }

  /** Resolves when the offset may be committed; throws when the signal aborted before the message was decided. */
  async process(message: KafkaMessage, partition: number, context: HandlerContext): Promise<void> {
    const { subscription } = this.options;
    const parsed = subscription.schema.safeParse(decodeValue(message));
    if (!parsed.success) {
      const reason = parsed.error.issues
        .map(({ path, message: why }) => `${path.join('.')}: ${why}`)
        .join('; ');
      return this.giveUp(message, partition, `not what ${subscription.topic.name} carries: ${reason}`, 0);
    }
    for (let attempt = 1, outages = 0; ;) {
      try {
        await subscription.handle(
          {
            value: parsed.data,
            key: message.key?.toString() ?? '',
            headers: decodeHeaders(message.headers),
            attempt,
            partition,
            offset: message.offset,
          },
          context,
        );
        this.count('ok');
        return;
      } catch (error) {
        if (context.signal.aborted) throw error;
        this.count('failed');
        this.options.logger.warn(
          events.handlerFailed,
          this.describe(message, partition, { attempt, reason: error }),
        );
        if (subscription.isOutage?.(error)) {
          outages += 1;
          await sleep(backoffMs(this.retry, outages), undefined, { signal: context.signal });
          continue;
        }
        if (attempt >= this.retry.attempts || subscription.isPermanent?.(error))
          return this.giveUp(message, partition, String((error as Error)?.message ?? error), attempt);
        await sleep(backoffMs(this.retry, attempt), undefined, { signal: context.signal });
        attempt += 1;
      }
    }
  }

  private async giveUp(
    message: KafkaMessage,
    partition: number,
    reason: string,
    attempts: number,
  ): Promise<void> {
    const { subscription, publish, logger } = this.options;
    const failure = { group: subscription.group, reason, attempts, partition };
    await publish([deadLetter(subscription.topic, message, failure)]);
    this.count('dead-lettered');
    logger.error(events.deadLettered, this.describe(message, partition, { attempts, reason }));
  }

  private count(result: 'ok' | 'failed' | 'dead-lettered'): void {
    const { topic, group } = this.options.subscription;
    this.options.metrics?.handled.inc({ topic: topic.name, group, result });
  }

  private describe(message: KafkaMessage, partition: number, more: object): Record<string, unknown> {
    const { topic, group } = this.options.subscription;
    return { topic: topic.name, group, partition, offset: message.offset, ...more };
  }
}
