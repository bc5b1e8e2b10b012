import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface JoinGroupRequest {
  groupId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  /** Empty for a member that has no id yet. */
  memberId: string;
  protocolType: string;
  protocols: { name: string; metadata: Buffer }[];
  /** From version 4 on a new member is given an id first and joins with it (KIP-394): no ghosts after a retry. */
  requiresMemberId: boolean;
}
export interface JoinGroupResponse {
  errorCode: ErrorCode;
  generation: number;
  protocol: string;
  leaderId: string;
  memberId: string;
  /** Only the leader gets them: it assigns the partitions. */
  members: { memberId: string; metadata: Buffer }[];
}

export const joinGroupApi = defineApi<JoinGroupRequest, JoinGroupResponse>({
  key: 11,
  name: 'JoinGroup',
  minVersion: 2,
  maxVersion: 4,
  decode: (reader, version) => ({
    groupId: reader.string(),
    sessionTimeoutMs: reader.int32(),
    rebalanceTimeoutMs: reader.int32(),
    memberId: reader.string(),
    protocolType: reader.string(),
    // Copied: they outlive the request.
    protocols: reader.array(() => ({ name: reader.string(), metadata: Buffer.from(reader.bytes()) })),
    requiresMemberId: version >= 4,
  }),
  encode(writer, response) {
    writer.int32(0).int16(response.errorCode).int32(response.generation);
    writer.string(response.protocol).string(response.leaderId).string(response.memberId);
    writer.array(response.members, (_, member) => {
      writer.string(member.memberId).bytes(member.metadata);
    });
  },
});

export interface SyncGroupRequest {
  groupId: string;
  generation: number;
  memberId: string;
  assignments: { memberId: string; assignment: Buffer }[];
}
export interface SyncGroupResponse {
  errorCode: ErrorCode;
  assignment: Buffer;
}

export const syncGroupApi = defineApi<SyncGroupRequest, SyncGroupResponse>({
  key: 14,
  name: 'SyncGroup',
  minVersion: 0,
  maxVersion: 2,
  decode: (reader) => ({
    groupId: reader.string(),
    generation: reader.int32(),
    memberId: reader.string(),
    assignments: reader.array(() => ({
      memberId: reader.string(),
      assignment: Buffer.from(reader.bytes()),
    })),
  }),
  encode(writer, response, version) {
    if (version >= 1) writer.int32(0);
    writer.int16(response.errorCode).bytes(response.assignment);
  },
});

export interface HeartbeatRequest {
  groupId: string;
  generation: number;
  memberId: string;
}

export const heartbeatApi = defineApi<HeartbeatRequest, { errorCode: ErrorCode }>({
  key: 12,
  name: 'Heartbeat',
  minVersion: 0,
  maxVersion: 2,
  decode: (reader) => ({
    groupId: reader.string(),
    generation: reader.int32(),
    memberId: reader.string(),
  }),
  encode(writer, response, version) {
    if (version >= 1) writer.int32(0);
    writer.int16(response.errorCode);
  },
});

export const leaveGroupApi = defineApi<{ groupId: string; memberId: string }, { errorCode: ErrorCode }>({
  key: 13,
  name: 'LeaveGroup',
  minVersion: 0,
  maxVersion: 2,
  decode: (reader) => ({ groupId: reader.string(), memberId: reader.string() }),
  encode(writer, response, version) {
    if (version >= 1) writer.int32(0);
    writer.int16(response.errorCode);
  },
});
