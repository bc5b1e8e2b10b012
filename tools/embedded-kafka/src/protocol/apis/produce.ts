import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface ProduceRequest {
  transactionalId: string | null;
  /** 0 none, 1 or -1 (all): the same on a single node. */
  acks: number;
  topics: { name: string; partitions: { index: number; records: Buffer }[] }[];
}
export interface ProduceResponse {
  topics: {
    name: string;
    partitions: { index: number; errorCode: ErrorCode; baseOffset: number; logStartOffset: number }[];
  }[];
}

export const produceApi = defineApi<ProduceRequest, ProduceResponse>({
  key: 0,
  name: 'Produce',
  minVersion: 3,
  maxVersion: 7,
  decode(reader) {
    const transactionalId = reader.nullableString();
    const acks = reader.int16();
    reader.int32(); // time-out for replicas: there are none
    const topics = reader.array(() => ({
      name: reader.string(),
      partitions: reader.array(() => ({ index: reader.int32(), records: reader.bytes() })),
    }));
    return { transactionalId, acks, topics };
  },
  encode(writer, response, version) {
    writer.array(response.topics, (_, topic) =>
      writer.string(topic.name).array(topic.partitions, (__, partition) => {
        writer.int32(partition.index).int16(partition.errorCode).int64(partition.baseOffset);
        writer.int64(-1); // append time: topics keep the producer's time
        if (version >= 5) writer.int64(partition.logStartOffset);
      }),
    );
    writer.int32(0);
  },
});
