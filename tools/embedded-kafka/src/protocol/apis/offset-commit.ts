import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface OffsetCommitRequest {
  groupId: string;
  /** Below 0 for a commit from outside the group's membership. */
  generation: number;
  memberId: string;
  topics: { name: string; partitions: { index: number; offset: number; metadata: string | null }[] }[];
}
export interface OffsetCommitResponse {
  topics: { name: string; partitions: { index: number; errorCode: ErrorCode }[] }[];
}

export const offsetCommitApi = defineApi<OffsetCommitRequest, OffsetCommitResponse>({
  key: 8,
  name: 'OffsetCommit',
  minVersion: 2,
  maxVersion: 5,
  decode(reader, version) {
    const groupId = reader.string();
    const generation = reader.int32();
    const memberId = reader.string();
    if (version <= 4) reader.int64(); // retention time: offsets are kept as long as their topic
    const topics = reader.array(() => ({
      name: reader.string(),
      partitions: reader.array(() => ({
        index: reader.int32(),
        offset: reader.int64(),
        metadata: reader.nullableString(),
      })),
    }));
    return { groupId, generation, memberId, topics };
  },
  encode(writer, response, version) {
    if (version >= 3) writer.int32(0);
    writer.array(response.topics, (_, topic) =>
      writer.string(topic.name).array(topic.partitions, (__, partition) => {
        writer.int32(partition.index).int16(partition.errorCode);
      }),
    );
  },
});
