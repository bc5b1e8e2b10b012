import { type BackoffPolicy, retry } from '@frontdesk/runtime';
import { type Admin, KafkaJSError } from 'kafkajs';

/** About 20 s. */
const untilLedRetry: BackoffPolicy = { attempts: 100, minMs: 50, maxMs: 200, multiplier: 2 };

class NotLedError extends Error {}

/** What kafkajs names retriable and its admin client still gives up on: a topic or a leader not known yet, or moved. */
const isPassing = (error: unknown): boolean =>
  error instanceof NotLedError || (error instanceof KafkaJSError && error.retriable);

/** `fetchTopicOffsets`, asked again while the leaders of the partitions move or are not ready yet. */
export const topicOffsets = (
  admin: Pick<Admin, 'fetchTopicOffsets'>,
  topic: string,
  policy = untilLedRetry,
): ReturnType<Admin['fetchTopicOffsets']> =>
  retry(policy, () => admin.fetchTopicOffsets(topic), { isRetryable: isPassing });

/**
 * Waits until new topics can be used. In KRaft a broker may not know of a topic yet that it has just created; after that
 * its partitions get leaders; and a broker may be named as one before it has taken the office, so that it is asked too.
 * What kafkajs does itself (`waitForLeaders`) gives up on the first of the three and knows nothing of the last.
 */
export const untilLed = async (
  admin: Pick<Admin, 'fetchTopicMetadata' | 'fetchTopicOffsets'>,
  names: string[],
  policy = untilLedRetry,
): Promise<void> => {
  await retry(
    policy,
    async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      const led = topics.filter(
        ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
      );
      if (led.length < names.length) throw new NotLedError(`no leader yet for some of ${names.join(', ')}`);
    },
    { isRetryable: isPassing },
  );
  for (const name of names) await topicOffsets(admin, name, policy);
};
