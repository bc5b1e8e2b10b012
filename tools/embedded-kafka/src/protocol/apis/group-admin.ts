import { defineApi } from '../api';
import { ErrorCode } from '../error-codes';

export interface GroupDescription {
  errorCode: ErrorCode;
  groupId: string;
  state: string;
  protocolType: string;
  protocol: string;
  members: { memberId: string; clientId: string; metadata: Buffer; assignment: Buffer }[];
}

export const describeGroupsApi = defineApi<{ groupIds: string[] }, { groups: GroupDescription[] }>({
  key: 15,
  name: 'DescribeGroups',
  minVersion: 0,
  maxVersion: 2,
  decode: (reader) => ({ groupIds: reader.array(() => reader.string()) }),
  encode(writer, response, version) {
    if (version >= 1) writer.int32(0);
    writer.array(response.groups, (_, group) => {
      writer.int16(group.errorCode).string(group.groupId).string(group.state);
      writer.string(group.protocolType).string(group.protocol);
      writer.array(group.members, (__, member) => {
        writer.string(member.memberId).string(member.clientId).string('/127.0.0.1');
        writer.bytes(member.metadata).bytes(member.assignment);
      });
    });
  },
});

export const listGroupsApi = defineApi<
  Record<string, never>,
  { groups: { groupId: string; protocolType: string }[] }
>({
  key: 16,
  name: 'ListGroups',
  minVersion: 0,
  maxVersion: 2,
  decode: () => ({}),
  encode(writer, response, version) {
    if (version >= 1) writer.int32(0);
    writer.int16(ErrorCode.none).array(response.groups, (_, group) => {
      writer.string(group.groupId).string(group.protocolType);
    });
  },
});

export const deleteGroupsApi = defineApi<
  { groupIds: string[] },
  { results: { groupId: string; errorCode: ErrorCode }[] }
>({
  key: 42,
  name: 'DeleteGroups',
  minVersion: 0,
  maxVersion: 1,
  decode: (reader) => ({ groupIds: reader.array(() => reader.string()) }),
  encode(writer, response) {
    writer.int32(0).array(response.results, (_, result) => {
      writer.string(result.groupId).int16(result.errorCode);
    });
  },
});
