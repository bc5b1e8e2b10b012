import { defineApi } from '../api';

export interface OffsetFetchRequest {
  groupId: string;
  /** Null asks for all that the group has. */
  topics: { name: string; partitions: number[] }[] | null;
}
export interface OffsetFetchResponse {
  topics: { name: string; partitions: { index: number; offset: number; metadata: string | null }[] }[];
}

export const offsetFetchApi = defineApi<OffsetFetchRequest, OffsetFetchResponse>({
  key: 9,
  name: 'OffsetFetch',
  minVersion: 1,
  maxVersion: 4,
  decode(reader) {
    const groupId = reader.string();
    const topics = reader.nullableArray(() => ({
      name: reader.string(),
      partitions: reader.array(() => reader.int32()),
    }));
    return { groupId, topics };
  },
  encode(writer, response, version) {
    if (version >= 3) writer.int32(0);
    writer.array(response.topics, (_, topic) =>
      writer.string(topic.name).array(topic.partitions, (__, partition) => {
        writer.int32(partition.index).int64(partition.offset).string(partition.metadata).int16(0);
      }),
    );
    if (version >= 2) writer.int16(0);
  },
});
