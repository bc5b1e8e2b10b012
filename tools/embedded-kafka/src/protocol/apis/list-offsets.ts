import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

/** Times with a meaning of their own in a ListOffsets request. */
export const latestTimestamp = -1;
export const earliestTimestamp = -2;

export interface ListOffsetsRequest {
  topics: { name: string; partitions: { index: number; timestamp: number }[] }[];
}
export interface ListOffsetsResponse {
  topics: {
    name: string;
    partitions: { index: number; errorCode: ErrorCode; timestamp: number; offset: number }[];
  }[];
}

export const listOffsetsApi = defineApi<ListOffsetsRequest, ListOffsetsResponse>({
  key: 2,
  name: 'ListOffsets',
  minVersion: 1,
  maxVersion: 2,
  decode(reader, version) {
    reader.int32(); // replica id
    if (version >= 2) reader.int8(); // isolation level
    return {
      topics: reader.array(() => ({
        name: reader.string(),
        partitions: reader.array(() => ({ index: reader.int32(), timestamp: reader.int64() })),
      })),
    };
  },
  encode(writer, response, version) {
    if (version >= 2) writer.int32(0);
    writer.array(response.topics, (_, topic) =>
      writer.string(topic.name).array(topic.partitions, (__, partition) => {
        writer.int32(partition.index).int16(partition.errorCode);
        writer.int64(partition.timestamp).int64(partition.offset);
      }),
    );
  },
});
