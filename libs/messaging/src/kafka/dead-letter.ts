import { type EachBatchPayload, type KafkaMessage } from 'kafkajs';
import { deadLetterTopic, type TopicDefinition } from '@frontdesk/contracts';
import { type OutboxMessage } from '../port';
import { decodeHeaders, decodeValue } from './message-codec';

/** Headers of a dead letter: what failed, where it came from, when. */
export const failureHeaders = {
  reason: 'x-failure-reason',
  group: 'x-failure-group',
  attempts: 'x-failure-attempts',
  at: 'x-failure-at',
  topic: 'x-source-topic',
  partition: 'x-source-partition',
  offset: 'x-source-offset',
} as const;

const maxReasonLength = 1000;

/** The message as it came, for `<topic>.dlq`, with the failure in its headers. A value that is no JSON goes as text. */
export const deadLetter = (
  topic: TopicDefinition,
  message: KafkaMessage,
  failure: {
    group: string;
    reason: string;
    attempts: number;
    partition: EachBatchPayload['batch']['partition'];
  },
): OutboxMessage => ({
  topic: deadLetterTopic(topic).name,
  key: message.key?.toString() ?? '',
  value: asObject(decodeValue(message), message),
  headers: {
    ...decodeHeaders(message.headers),
    [failureHeaders.reason]: failure.reason.slice(0, maxReasonLength),
    [failureHeaders.group]: failure.group,
    [failureHeaders.attempts]: String(failure.attempts),
    [failureHeaders.at]: new Date().toISOString(),
    [failureHeaders.topic]: topic.name,
    [failureHeaders.partition]: String(failure.partition),
    [failureHeaders.offset]: message.offset,
  },
});

const asObject = (value: unknown, message: KafkaMessage): object =>
  typeof value === 'object' && value !== null ? value : { unreadable: message.value?.toString() ?? null };
