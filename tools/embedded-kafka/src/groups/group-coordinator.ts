import { type Clock } from '@frontdesk/runtime';
import { randomUUID } from 'node:crypto';
import { type GroupDescription } from '../protocol/apis/group-admin';
import {
  type HeartbeatRequest,
  type JoinGroupRequest,
  type JoinGroupResponse,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../protocol/apis/group-membership';
import { type OffsetCommitRequest, type OffsetCommitResponse } from '../protocol/apis/offset-commit';
import { type OffsetFetchRequest, type OffsetFetchResponse } from '../protocol/apis/offset-fetch';
import { ErrorCode } from '../protocol/error-codes';
import { Group, refusedJoin } from './group';
import { type OffsetStore } from './offset-store';

/** Kafka's own bounds of a session (group.min.session.timeout.ms, group.max.session.timeout.ms). */
const sessionTimeoutMs = { min: 6000, max: 1_800_000 };
const maxGroups = 1000;
const maxMembersOfGroup = 200;

/** All consumer groups of the broker and their offsets. */
export class GroupCoordinator {
  private readonly groups = new Map<string, Group>();

  constructor(
    private readonly offsets: OffsetStore,
    private readonly hasPartition: (topic: string, partition: number) => boolean,
    private readonly options: { clock: Clock; initialRebalanceDelayMs: number },
  ) {}

  join(request: JoinGroupRequest, clientId: string): Promise<JoinGroupResponse> {
    const refuse = (errorCode: ErrorCode): Promise<JoinGroupResponse> =>
      Promise.resolve(refusedJoin(errorCode, request.memberId));
    const { groupId, sessionTimeoutMs: session } = request;
    if (groupId === '') return refuse(ErrorCode.invalidGroupId);
    if (session < sessionTimeoutMs.min || session > sessionTimeoutMs.max)
      return refuse(ErrorCode.invalidSessionTimeout);
    const group = this.groups.get(groupId) ?? this.addGroup(groupId);
    if (!group || group.members.size >= maxMembersOfGroup) return refuse(ErrorCode.groupMaxSizeReached);
    return group.join(request, clientId);
  }

  private addGroup(id: string): Group | undefined {
    if (this.groups.size >= maxGroups)
      for (const group of this.groups.values()) if (group.isUnused) this.groups.delete(group.id);
    if (this.groups.size >= maxGroups) return undefined;
    const group = new Group(id, {
      ...this.options,
      newMemberId: (clientId) => `${clientId}-${randomUUID()}`,
    });
    this.groups.set(id, group);
    return group;
  }

  sync(request: SyncGroupRequest): Promise<SyncGroupResponse> {
    const group = this.groups.get(request.groupId);
    const unknown = { errorCode: ErrorCode.unknownMemberId, assignment: Buffer.alloc(0) };
    return group ? group.sync(request) : Promise.resolve(unknown);
  }

  heartbeat({ groupId, memberId, generation }: HeartbeatRequest): ErrorCode {
    return this.groups.get(groupId)?.heartbeat(memberId, generation) ?? ErrorCode.unknownMemberId;
  }

  leave(groupId: string, memberId: string): ErrorCode {
    return this.groups.get(groupId)?.leave(memberId) ?? ErrorCode.unknownMemberId;
  }

  commit({ groupId, generation, memberId, topics }: OffsetCommitRequest): OffsetCommitResponse {
    const group = this.groups.get(groupId);
    const whole =
      group?.checkCommit(memberId, generation) ??
      (generation < 0 ? ErrorCode.none : ErrorCode.unknownMemberId);
    const codeOf = (topic: string, index: number): ErrorCode =>
      whole === ErrorCode.none && !this.hasPartition(topic, index)
        ? ErrorCode.unknownTopicOrPartition
        : whole;
    const accepted = topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ index }) => codeOf(name, index) === ErrorCode.none)
        .map(({ index, offset, metadata }) => ({ topic: name, partition: index, offset, metadata })),
    );
    this.offsets.commit(groupId, accepted);
    return {
      topics: topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ index }) => ({ index, errorCode: codeOf(name, index) })),
      })),
    };
  }

  fetchOffsets({ groupId, topics }: OffsetFetchRequest): OffsetFetchResponse {
    const asked = topics ?? this.offsets.partitionsOf(groupId);
    return {
      topics: asked.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map((index) => {
          const committed = this.offsets.get(groupId, name, index);
          return { index, offset: committed?.offset ?? -1, metadata: committed?.metadata ?? null };
        }),
      })),
    };
  }

  list(): { groupId: string; protocolType: string }[] {
    const ids = new Set([...this.groups.keys(), ...this.offsets.groupIds()]);
    return [...ids].map((groupId) => ({
      groupId,
      protocolType: this.groups.get(groupId)?.protocolType ?? 'consumer',
    }));
  }

  describe(groupId: string): GroupDescription {
    const group = this.groups.get(groupId);
    const isKnown = group !== undefined || this.offsets.groupIds().includes(groupId);
    return {
      errorCode: ErrorCode.none,
      groupId,
      state: group?.state ?? (isKnown ? 'Empty' : 'Dead'),
      protocolType: group?.protocolType ?? '',
      protocol: group?.protocol ?? '',
      members: [...(group?.members.values() ?? [])].map((member) => ({
        memberId: member.id,
        clientId: member.clientId,
        metadata: member.protocols[0]?.metadata ?? Buffer.alloc(0),
        assignment: member.assignment,
      })),
    };
  }

  delete(groupId: string): ErrorCode {
    const group = this.groups.get(groupId);
    if (group && !group.isUnused) return ErrorCode.nonEmptyGroup;
    if (!group && !this.offsets.groupIds().includes(groupId)) return ErrorCode.groupIdNotFound;
    this.groups.delete(groupId);
    this.offsets.deleteWhere((other) => other === groupId);
    return ErrorCode.none;
  }

  close(): void {
    for (const group of this.groups.values()) group.close();
  }
}
