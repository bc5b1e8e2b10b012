import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface FetchRequest {
  maxWaitMs: number;
  minBytes: number;
  maxBytes: number;
  topics: { name: string; partitions: { index: number; fetchOffset: number; maxBytes: number }[] }[];
}
export interface FetchResponse {
  topics: {
    name: string;
    partitions: {
      index: number;
      errorCode: ErrorCode;
      highWatermark: number;
      logStartOffset: number;
      records: Buffer;
    }[];
  }[];
}

export const fetchApi = defineApi<FetchRequest, FetchResponse>({
  key: 1,
  name: 'Fetch',
  minVersion: 4,
  maxVersion: 6,
  decode(reader, version) {
    reader.int32(); // replica id: always a consumer
    const maxWaitMs = reader.int32();
    const minBytes = reader.int32();
    const maxBytes = reader.int32();
    reader.int8(); // isolation level: without transactions both read the same
    const topics = reader.array(() => ({
      name: reader.string(),
      partitions: reader.array(() => {
        const index = reader.int32();
        const fetchOffset = reader.int64();
        if (version >= 5) reader.int64(); // log start offset of a follower
        return { index, fetchOffset, maxBytes: reader.int32() };
      }),
    }));
    return { maxWaitMs, minBytes, maxBytes, topics };
  },
  encode(writer, response, version) {
    writer.int32(0).array(response.topics, (_, topic) =>
      writer.string(topic.name).array(topic.partitions, (__, partition) => {
        writer.int32(partition.index).int16(partition.errorCode).int64(partition.highWatermark);
        writer.int64(partition.highWatermark); // last stable offset
        if (version >= 5) writer.int64(partition.logStartOffset);
        writer.int32(-1).bytes(partition.records); // -1: no aborted transactions
      }),
    );
  },
});
