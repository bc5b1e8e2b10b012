import { deadLetterTopic, type TopicDefinition } from '@frontdesk/contracts';
import { type Logger } from '@frontdesk/observability';
import { type BackoffPolicy, retry } from '@frontdesk/runtime';
import { type Admin, KafkaJSProtocolError } from 'kafkajs';
import { events } from '../events';
import { connectAdmin } from './wait-for-broker';

/** Partitions by topic, for those of the names that exist. */
const existingTopics = async (admin: Admin, names: readonly string[]): Promise<Map<string, number>> => {
  const all = new Set(await admin.listTopics());
  const topics = names.filter((name) => all.has(name));
  if (topics.length === 0) return new Map();
  const metadata = await admin.fetchTopicMetadata({ topics });
  return new Map(metadata.topics.map(({ name, partitions }) => [name, partitions.length]));
};

const withDeadLetters = (topics: readonly TopicDefinition[]): TopicDefinition[] =>
  topics.flatMap((topic) => [topic, deadLetterTopic(topic)]);

/** About 20 s. */
const untilLedRetry: BackoffPolicy = { attempts: 100, minMs: 50, maxMs: 200, multiplier: 2 };
const NOT_YET = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'];

class NotLedError extends Error {}

/**
 * Waits until new topics can be used: a broker may not know of one yet that it has just created, and its partitions get
 * their leaders after that (KRaft). What kafkajs does itself (`waitForLeaders`) gives up on the first of the two.
 */
export const untilLed = (
  admin: Pick<Admin, 'fetchTopicMetadata'>,
  names: string[],
  policy = untilLedRetry,
): Promise<void> =>
  retry(
    policy,
    async () => {
      const { topics } = await admin.fetchTopicMetadata({ topics: names });
      const led = topics.filter(
        ({ partitions }) => partitions.length > 0 && partitions.every(({ leader }) => leader >= 0),
      );
      if (led.length < names.length) throw new NotLedError(`no leader yet for some of ${names.join(', ')}`);
    },
    {
      isRetryable: (error) =>
        error instanceof NotLedError ||
        (error instanceof KafkaJSProtocolError && NOT_YET.includes(error.type)),
    },
  );

/**
 * Creates the topics and their dead-letter topics where they are missing and adds partitions where there are too few;
 * never deletes or shrinks. Run by `main.js migrate`, never by a service as it runs.
 */
export const createTopics = async (
  options: { brokers: string[]; logger: Logger; clientId?: string },
  topics: readonly TopicDefinition[],
): Promise<void> => {
  const admin = await connectAdmin({ clientId: 'frontdesk-migrate', ...options });
  try {
    const wanted = withDeadLetters(topics);
    const existing = await existingTopics(
      admin,
      wanted.map(({ name }) => name),
    );
    const missing = wanted.filter(({ name }) => !existing.has(name));
    if (missing.length > 0) {
      // Answers false when another migration was faster; the topics are there either way.
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map(({ name, partitions, retentionMs }) => ({
          topic: name,
          numPartitions: partitions,
          configEntries: [{ name: 'retention.ms', value: String(retentionMs) }],
        })),
      });
      await untilLed(
        admin,
        missing.map(({ name }) => name),
      );
    }
    const tooSmall = wanted.filter(({ name, partitions }) => (existing.get(name) ?? partitions) < partitions);
    if (tooSmall.length > 0)
      await admin.createPartitions({
        topicPartitions: tooSmall.map(({ name, partitions }) => ({ topic: name, count: partitions })),
      });
    for (const { name, partitions } of [...missing, ...tooSmall])
      options.logger.info(events.topicCreated, { topic: name, partitions });
  } finally {
    await admin.disconnect();
  }
};

/** Throws naming every topic (dead-letter topics included) that is missing or too small. */
export const checkTopics = async (admin: Admin, topics: readonly TopicDefinition[]): Promise<void> => {
  const wanted = withDeadLetters(topics);
  const existing = await existingTopics(
    admin,
    wanted.map(({ name }) => name),
  );
  const wrong = wanted.filter(({ name, partitions }) => (existing.get(name) ?? 0) < partitions);
  if (wrong.length > 0)
    throw new Error(
      `Kafka lacks ${wrong.map(({ name, partitions }) => `${name} (${partitions} partitions)`).join(', ')}: run "node main.js migrate"`,
    );
};
