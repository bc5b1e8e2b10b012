import { type TopicStore } from '../log/topic-store';
import { type ProduceRequest, type ProduceResponse } from '../protocol/apis/produce';
import { ErrorCode } from '../protocol/error-codes';

export const handleProduce = (topics: TopicStore, request: ProduceRequest): ProduceResponse | null => {
  const append = (name: string, index: number, records: Buffer) => {
    const log = topics.partition(name, index);
    const isTransactional = request.transactionalId !== null;
    const { errorCode, baseOffset } = isTransactional
      ? { errorCode: ErrorCode.invalidRequest, baseOffset: -1 }
      : (log?.append(records) ?? { errorCode: ErrorCode.unknownTopicOrPartition, baseOffset: -1 });
    return { index, errorCode, baseOffset, logStartOffset: log?.startOffset ?? -1 };
  };
  const response = {
    topics: request.topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ index, records }) => append(name, index, records)),
    })),
  };
  return request.acks === 0 ? null : response;
};
