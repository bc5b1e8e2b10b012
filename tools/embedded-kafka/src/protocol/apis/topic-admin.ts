import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface TopicResult {
  name: string;
  errorCode: ErrorCode;
  message: string | null;
}

export interface CreateTopicsRequest {
  topics: {
    name: string;
    /** -1: the broker's default. */
    partitions: number;
    replicationFactor: number;
    /** Partition by partition; given instead of a count. */
    assignments: number[];
    configs: { name: string; value: string | null }[];
  }[];
  validateOnly: boolean;
}

export const createTopicsApi = defineApi<CreateTopicsRequest, { topics: TopicResult[] }>({
  key: 19,
  name: 'CreateTopics',
  minVersion: 2,
  maxVersion: 3,
  decode(reader) {
    const topics = reader.array(() => ({
      name: reader.string(),
      partitions: reader.int32(),
      replicationFactor: reader.int16(),
      assignments: reader.array(() => {
        const partition = reader.int32();
        reader.array(() => reader.int32());
        return partition;
      }),
      configs: reader.array(() => ({ name: reader.string(), value: reader.nullableString() })),
    }));
    reader.int32(); // time-out: creation is immediate
    return { topics, validateOnly: reader.boolean() };
  },
  encode(writer, response) {
    writer.int32(0).array(response.topics, (_, topic) => {
      writer.string(topic.name).int16(topic.errorCode).string(topic.message);
    });
  },
});

export const deleteTopicsApi = defineApi<
  { names: string[] },
  { topics: { name: string; errorCode: ErrorCode }[] }
>({
  key: 20,
  name: 'DeleteTopics',
  minVersion: 1,
  maxVersion: 2,
  decode: (reader) => ({ names: reader.array(() => reader.string()) }),
  encode(writer, response) {
    writer.int32(0).array(response.topics, (_, topic) => {
      writer.string(topic.name).int16(topic.errorCode);
    });
  },
});

export interface CreatePartitionsRequest {
  topics: { name: string; count: number }[];
  validateOnly: boolean;
}

export const createPartitionsApi = defineApi<CreatePartitionsRequest, { topics: TopicResult[] }>({
  key: 37,
  name: 'CreatePartitions',
  minVersion: 0,
  maxVersion: 1,
  decode(reader) {
    const topics = reader.array(() => {
      const topic = { name: reader.string(), count: reader.int32() };
      reader.nullableArray(() => reader.array(() => reader.int32()));
      return topic;
    });
    reader.int32(); // time-out
    return { topics, validateOnly: reader.boolean() };
  },
  encode(writer, response) {
    writer.int32(0).array(response.topics, (_, topic) => {
      writer.string(topic.name).int16(topic.errorCode).string(topic.message);
    });
  },
});

/** Resource type of a topic in DescribeConfigs. */
export const topicResourceType = 2;

export interface DescribeConfigsRequest {
  resources: { type: number; name: string; configNames: string[] | null }[];
}
export interface DescribeConfigsResponse {
  resources: {
    errorCode: ErrorCode;
    type: number;
    name: string;
    entries: { name: string; value: string; isDefault: boolean }[];
  }[];
}

/** Where a value comes from: 1 set on the topic, 5 the default. */
const configSource = (isDefault: boolean): number => (isDefault ? 5 : 1);

export const describeConfigsApi = defineApi<DescribeConfigsRequest, DescribeConfigsResponse>({
  key: 32,
  name: 'DescribeConfigs',
  minVersion: 1,
  maxVersion: 2,
  decode(reader) {
    const resources = reader.array(() => ({
      type: reader.int8(),
      name: reader.string(),
      configNames: reader.nullableArray(() => reader.string()),
    }));
    reader.boolean(); // synonyms: there are none
    return { resources };
  },
  encode(writer, response) {
    writer.int32(0).array(response.resources, (_, resource) => {
      writer.int16(resource.errorCode).string(null).int8(resource.type).string(resource.name);
      writer.array(resource.entries, (__, entry) => {
        writer.string(entry.name).string(entry.value).boolean(false);
        writer.int8(configSource(entry.isDefault)).boolean(false);
        writer.array([], () => undefined);
      });
    });
  },
});
