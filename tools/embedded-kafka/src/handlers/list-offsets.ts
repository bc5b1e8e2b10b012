import { type PartitionLog } from '../log/partition-log';
import { type TopicStore } from '../log/topic-store';
import {
  earliestTimestamp,
  latestTimestamp,
  type ListOffsetsRequest,
  type ListOffsetsResponse,
} from '../protocol/apis/list-offsets';
import { ErrorCode } from '../protocol/error-codes';

const find = (log: PartitionLog, timestamp: number): { offset: number; timestamp: number } => {
  if (timestamp === latestTimestamp) return { offset: log.highWatermark, timestamp: -1 };
  if (timestamp === earliestTimestamp) return { offset: log.startOffset, timestamp: -1 };
  return log.findByTime(timestamp) ?? { offset: -1, timestamp: -1 };
};

export const handleListOffsets = (topics: TopicStore, request: ListOffsetsRequest): ListOffsetsResponse => ({
  topics: request.topics.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ index, timestamp }) => {
      const log = topics.partition(name, index);
      const errorCode = log ? ErrorCode.none : ErrorCode.unknownTopicOrPartition;
      return { index, errorCode, ...(log ? find(log, timestamp) : { offset: -1, timestamp: -1 }) };
    }),
  })),
});
