import { isValidTopicName, type TopicStore } from '../log/topic-store';
import { type MetadataRequest, type MetadataResponse } from '../protocol/apis/metadata';
import { ErrorCode } from '../protocol/error-codes';

/** @param autoCreatePartitions partitions of a topic created by asking for it; 0 creates none */
export const handleMetadata = (
  topics: TopicStore,
  request: MetadataRequest,
  identity: Pick<MetadataResponse, 'broker' | 'clusterId'>,
  autoCreatePartitions: number,
): MetadataResponse => {
  const describe = (name: string) => {
    if (!isValidTopicName(name)) return { errorCode: ErrorCode.invalidTopic, name, partitionCount: 0 };
    if (!topics.get(name) && autoCreatePartitions > 0 && request.allowAutoTopicCreation)
      topics.create(name, autoCreatePartitions, {});
    const topic = topics.get(name);
    const errorCode = topic ? ErrorCode.none : ErrorCode.unknownTopicOrPartition;
    return { errorCode, name, partitionCount: topic?.partitions.length ?? 0 };
  };
  return { ...identity, topics: (request.topics ?? topics.names()).map(describe) };
};
