import { type DataFolder } from '../log/data-folder';
import { type TopicStore } from '../log/topic-store';
import { type GroupCoordinator } from '../groups/group-coordinator';
import { type OffsetStore } from '../groups/offset-store';
import { apiVersionsApi } from '../protocol/apis/api-versions';
import { fetchApi } from '../protocol/apis/fetch';
import { findCoordinatorApi, groupCoordinatorType } from '../protocol/apis/find-coordinator';
import { deleteGroupsApi, describeGroupsApi, listGroupsApi } from '../protocol/apis/group-admin';
import { heartbeatApi, joinGroupApi, leaveGroupApi, syncGroupApi } from '../protocol/apis/group-membership';
import { initProducerIdApi } from '../protocol/apis/init-producer-id';
import { listOffsetsApi } from '../protocol/apis/list-offsets';
import { metadataApi } from '../protocol/apis/metadata';
import { offsetCommitApi } from '../protocol/apis/offset-commit';
import { offsetFetchApi } from '../protocol/apis/offset-fetch';
import { produceApi } from '../protocol/apis/produce';
import {
  createPartitionsApi,
  createTopicsApi,
  deleteTopicsApi,
  describeConfigsApi,
} from '../protocol/apis/topic-admin';
import { ErrorCode } from '../protocol/error-codes';
import { serve, type ServedApi } from '../server/api-registry';
import { handleFetch } from './fetch';
import { handleListOffsets } from './list-offsets';
import { handleMetadata } from './metadata';
import { handleProduce } from './produce';
import { handleCreatePartitions, handleCreateTopics, handleDescribeConfigs } from './topic-admin';

export interface BrokerParts {
  readonly folder: DataFolder;
  readonly topics: TopicStore;
  readonly groups: GroupCoordinator;
  readonly offsets: OffsetStore;
  readonly broker: { nodeId: number; host: string; port: number };
  readonly defaultPartitions: number;
  readonly autoCreateTopics: boolean;
}

/** Every API that the broker serves. Transactions are not among them, so that a client that needs them fails cleanly. */
export const servedApis = (parts: BrokerParts): Map<number, ServedApi> => {
  const { folder, topics, groups, offsets, broker, defaultPartitions } = parts;
  const deleteTopic = (name: string): ErrorCode => {
    if (!topics.get(name)) return ErrorCode.unknownTopicOrPartition;
    topics.delete(name);
    offsets.deleteWhere((_, topic) => topic === name);
    return ErrorCode.none;
  };
  const apis: ServedApi[] = [
    serve(apiVersionsApi, () => ({ errorCode: ErrorCode.none, apis })),
    serve(metadataApi, (request) =>
      handleMetadata(
        topics,
        request,
        { broker, clusterId: folder.clusterId },
        parts.autoCreateTopics ? defaultPartitions : 0,
      ),
    ),
    serve(produceApi, (request) => handleProduce(topics, request)),
    serve(fetchApi, (request, { signal }) => handleFetch(topics, request, signal)),
    serve(listOffsetsApi, (request) => handleListOffsets(topics, request)),
    serve(initProducerIdApi, ({ transactionalId }) =>
      transactionalId === null
        ? { errorCode: ErrorCode.none, producerId: folder.nextProducerId(), epoch: 0 }
        : { errorCode: ErrorCode.invalidRequest, producerId: -1, epoch: -1 },
    ),
    serve(findCoordinatorApi, ({ keyType }) => ({
      errorCode: keyType === groupCoordinatorType ? ErrorCode.none : ErrorCode.invalidRequest,
      ...broker,
    })),
    serve(joinGroupApi, (request, { clientId }) => groups.join(request, clientId)),
    serve(syncGroupApi, (request) => groups.sync(request)),
    serve(heartbeatApi, (request) => ({ errorCode: groups.heartbeat(request) })),
    serve(leaveGroupApi, ({ groupId, memberId }) => ({ errorCode: groups.leave(groupId, memberId) })),
    serve(offsetCommitApi, (request) => groups.commit(request)),
    serve(offsetFetchApi, (request) => groups.fetchOffsets(request)),
    serve(listGroupsApi, () => ({ groups: groups.list() })),
    serve(describeGroupsApi, ({ groupIds }) => ({ groups: groupIds.map((id) => groups.describe(id)) })),
    serve(deleteGroupsApi, ({ groupIds }) => ({
      results: groupIds.map((groupId) => ({ groupId, errorCode: groups.delete(groupId) })),
    })),
    serve(createTopicsApi, (request) => handleCreateTopics(topics, request, defaultPartitions)),
    serve(createPartitionsApi, (request) => handleCreatePartitions(topics, request)),
    serve(deleteTopicsApi, ({ names }) => ({
      topics: names.map((name) => ({ name, errorCode: deleteTopic(name) })),
    })),
    serve(describeConfigsApi, (request) => handleDescribeConfigs(topics, request)),
  ];
  return new Map(apis.map((api) => [api.key, api]));
};
