import { deadLetterTopic, type TopicDefinition } from '@frontdesk/contracts';
import { type Logger } from '@frontdesk/observability';
import { type Admin } from 'kafkajs';
import { events } from '../events';
import { untilLed } from './leaders';
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
    if (missing.length > 0)
      // Answers false when another migration was faster; the topics are there either way.
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map(({ name, partitions, retentionMs }) => ({
          topic: name,
          numPartitions: partitions,
          configEntries: [{ name: 'retention.ms', value: String(retentionMs) }],
        })),
      });
    const tooSmall = wanted.filter(({ name, partitions }) => (existing.get(name) ?? partitions) < partitions);
    if (tooSmall.length > 0)
      await admin.createPartitions({
        topicPartitions: tooSmall.map(({ name, partitions }) => ({ topic: name, count: partitions })),
      });
    // Of all of them: one that was found may be a moment old, by another migration.
    await untilLed(
      admin,
      wanted.map(({ name }) => name),
    );
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
