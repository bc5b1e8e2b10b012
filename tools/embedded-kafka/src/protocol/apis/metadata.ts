import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface MetadataRequest {
  /** Null asks for all topics. */
  topics: string[] | null;
  allowAutoTopicCreation: boolean;
}
export interface MetadataResponse {
  broker: { nodeId: number; host: string; port: number };
  clusterId: string;
  topics: { errorCode: ErrorCode; name: string; partitionCount: number }[];
}

export const metadataApi = defineApi<MetadataRequest, MetadataResponse>({
  key: 3,
  name: 'Metadata',
  minVersion: 1,
  maxVersion: 6,
  decode(reader, version) {
    const topics = reader.nullableArray(() => reader.string());
    return { topics, allowAutoTopicCreation: version >= 4 ? reader.boolean() : true };
  },
  encode(writer, { broker, clusterId, topics }, version) {
    if (version >= 3) writer.int32(0);
    writer.array([broker], () =>
      writer.int32(broker.nodeId).string(broker.host).int32(broker.port).string(null),
    );
    if (version >= 2) writer.string(clusterId);
    writer.int32(broker.nodeId); // the controller
    writer.array(topics, (_, topic) => {
      writer.int16(topic.errorCode).string(topic.name).boolean(false);
      const partitions = Array.from({ length: topic.partitionCount }, (__, index) => index);
      writer.array(partitions, (__, index) => {
        writer.int16(0).int32(index).int32(broker.nodeId);
        writer.array([broker.nodeId], (___, replica) => writer.int32(replica));
        writer.array([broker.nodeId], (___, inSync) => writer.int32(inSync));
        if (version >= 5) writer.array([], () => undefined);
      });
    });
  },
});
