import { deadLetterTopic, type TopicDefinition } from '@frontdesk/contracts';
import { DisposalStack } from '@frontdesk/runtime';
import { type Admin, type KafkaMessage } from 'kafkajs';
import { events } from '../events';
import { newClient, requestRetry, type ClientOptions } from './client';
import { failureHeaders } from './dead-letter';
import { topicOffsets } from './leaders';
import { decodeHeaders, decodeValue } from './message-codec';
import { KafkaPublisher } from './publisher';
import { connectAdmin } from './wait-for-broker';

const sessionTimeoutMs = 6000;
const maxFetchWaitMs = 500;
/** How long nothing may move before it is given up. */
const idleMs = 30_000;

/**
 * Puts the dead letters of a topic back into it, each once: those that lie there now and that no earlier run has put
 * back. A letter whose value was no JSON cannot become a message and stays where it is. For an operator's script, after
 * the cause was mended.
 * @returns how many were put back
 */
export const requeueDeadLetters = async (options: ClientOptions, topic: TopicDefinition): Promise<number> => {
  const { logger } = options;
  await using held = new DisposalStack((name, error) =>
    logger.warn(events.clientMessage, { name, reason: error }),
  );
  const letters = deadLetterTopic(topic).name;
  const groupId = `${letters}.requeue`;
  const admin = await connectAdmin(options);
  held.defer('admin client', () => admin.disconnect());
  const end = await endOf(admin, letters);
  if (end === 0n || (await committed(admin, groupId, letters)) >= end) return 0;
  const publisher = held.use('publisher', new KafkaPublisher(options, undefined));

  const consumer = newClient(options).consumer({
    groupId,
    sessionTimeout: sessionTimeoutMs,
    maxWaitTimeInMs: maxFetchWaitMs,
    allowAutoTopicCreation: false,
    retry: requestRetry,
  });
  held.defer('consumer', () => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics: [letters], fromBeginning: true });
  let count = 0;
  await new Promise<void>((resolve, reject) => {
    const idle = setTimeout(() => reject(new Error(`no dead letter came within ${idleMs} ms`)), idleMs);
    held.defer('timer', async () => clearTimeout(idle));
    consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => !restart && reject(error));
    consumer
      .run({
        autoCommit: false,
        eachMessage: async ({ message, partition }) => {
          idle.refresh();
          if (BigInt(message.offset) < end && (await putBack(publisher, topic, message))) count += 1;
          const offset = String(BigInt(message.offset) + 1n);
          await consumer.commitOffsets([{ topic: letters, partition, offset }]);
          if (BigInt(offset) >= end) resolve();
        },
      })
      .catch(reject);
  });
  return count;
};

/** Dead-letter topics have one partition. */
const endOf = async (admin: Admin, letters: string): Promise<bigint> => {
  const [partition] = await topicOffsets(admin, letters);
  return partition && BigInt(partition.high) > BigInt(partition.low) ? BigInt(partition.high) : 0n;
};

const committed = async (admin: Admin, groupId: string, letters: string): Promise<bigint> => {
  const [found] = await admin.fetchOffsets({ groupId, topics: [letters] });
  return BigInt(found?.partitions[0]?.offset ?? -1);
};

const putBack = async (
  publisher: KafkaPublisher,
  topic: TopicDefinition,
  message: KafkaMessage,
): Promise<boolean> => {
  const value = decodeValue(message);
  if (typeof value !== 'object' || value === null || 'unreadable' in value) return false;
  const failed: readonly string[] = Object.values(failureHeaders);
  const headers = Object.fromEntries(
    Object.entries(decodeHeaders(message.headers)).filter(([name]) => !failed.includes(name)),
  );
  await publisher.publish([{ topic: topic.name, key: message.key?.toString() ?? '', value, headers }]);
  return true;
};
