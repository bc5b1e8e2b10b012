import { isValidTopicName, topicConfigNames, type TopicConfig, type TopicStore } from '../log/topic-store';
import {
  topicResourceType,
  type CreatePartitionsRequest,
  type CreateTopicsRequest,
  type DescribeConfigsRequest,
  type DescribeConfigsResponse,
  type TopicResult,
} from '../protocol/apis/topic-admin';
import { ErrorCode } from '../protocol/error-codes';

const maxPartitionsOfTopic = 1000;

/** Settings of Kafka that a topic may carry here without effect. */
const ignoredConfigNames = ['cleanup.policy', 'min.insync.replicas', 'compression.type', 'max.message.bytes'];

const parseConfig = (configs: { name: string; value: string | null }[]): TopicConfig => {
  const config: TopicConfig = {};
  for (const { name, value } of configs) {
    const known = topicConfigNames.find((candidate) => candidate === name);
    if (!known && !ignoredConfigNames.includes(name)) throw new Error(`unknown topic config ${name}`);
    if (!known || value === null) continue;
    if (!/^-?\d+$/.test(value)) throw new Error(`${name} must be a whole number`);
    config[known] = Number(value);
  }
  return config;
};

export const handleCreateTopics = (
  topics: TopicStore,
  request: CreateTopicsRequest,
  defaultPartitions: number,
): { topics: TopicResult[] } => {
  const create = (topic: CreateTopicsRequest['topics'][number]): TopicResult => {
    const refuse = (errorCode: ErrorCode, message: string): TopicResult => ({
      name: topic.name,
      errorCode,
      message,
    });
    const asked = topic.assignments.length > 0 ? topic.assignments.length : topic.partitions;
    const count = asked === -1 ? defaultPartitions : asked;
    if (!isValidTopicName(topic.name)) return refuse(ErrorCode.invalidTopic, 'not a valid topic name');
    if (topics.get(topic.name)) return refuse(ErrorCode.topicAlreadyExists, 'the topic exists already');
    if (count < 1 || count > maxPartitionsOfTopic)
      return refuse(ErrorCode.invalidPartitions, `partitions must be 1 to ${maxPartitionsOfTopic}`);
    if (topic.assignments.length === 0 && ![-1, 1].includes(topic.replicationFactor))
      return refuse(ErrorCode.invalidReplicationFactor, 'there is one broker: the factor must be 1');
    let config: TopicConfig;
    try {
      config = parseConfig(topic.configs);
    } catch (error) {
      return refuse(ErrorCode.invalidConfig, (error as Error).message);
    }
    if (!request.validateOnly) topics.create(topic.name, count, config);
    return { name: topic.name, errorCode: ErrorCode.none, message: null };
  };
  return { topics: request.topics.map(create) };
};

export const handleCreatePartitions = (
  topics: TopicStore,
  request: CreatePartitionsRequest,
): { topics: TopicResult[] } => ({
  topics: request.topics.map(({ name, count }) => {
    const topic = topics.get(name);
    if (!topic) return { name, errorCode: ErrorCode.unknownTopicOrPartition, message: null };
    if (count <= topic.partitions.length || count > maxPartitionsOfTopic)
      return { name, errorCode: ErrorCode.invalidPartitions, message: `has ${topic.partitions.length}` };
    if (!request.validateOnly) topics.addPartitions(topic, count);
    return { name, errorCode: ErrorCode.none, message: null };
  }),
});

export const handleDescribeConfigs = (
  topics: TopicStore,
  request: DescribeConfigsRequest,
): DescribeConfigsResponse => ({
  resources: request.resources.map(({ type, name, configNames }) => {
    const topic = type === topicResourceType ? topics.get(name) : undefined;
    const isMissing = type === topicResourceType && !topic;
    const limits = topic?.partitions[0]?.limits;
    const values = {
      'retention.ms': limits?.retentionMs,
      'retention.bytes': limits?.retentionBytes,
      'segment.bytes': limits?.segmentBytes,
    };
    const entries = topicConfigNames
      .filter((config) => limits && (configNames?.includes(config) ?? true))
      .map((config) => ({
        name: config,
        value: String(values[config]),
        isDefault: topic?.config[config] === undefined,
      }));
    const errorCode = isMissing ? ErrorCode.unknownTopicOrPartition : ErrorCode.none;
    return { errorCode, type, name, entries };
  }),
});
