import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

/** Key type of a request for the coordinator of a consumer group (1 would be a transaction's). */
export const groupCoordinatorType = 0;

export interface FindCoordinatorRequest {
  key: string;
  keyType: number;
}
export interface FindCoordinatorResponse {
  errorCode: ErrorCode;
  nodeId: number;
  host: string;
  port: number;
}

export const findCoordinatorApi = defineApi<FindCoordinatorRequest, FindCoordinatorResponse>({
  key: 10,
  name: 'FindCoordinator',
  minVersion: 0,
  maxVersion: 2,
  decode: (reader, version) => ({
    key: reader.string(),
    keyType: version >= 1 ? reader.int8() : groupCoordinatorType,
  }),
  encode(writer, response, version) {
    if (version >= 1) writer.int32(0);
    writer.int16(response.errorCode);
    if (version >= 1) writer.string(null);
    writer.int32(response.nodeId).string(response.host).int32(response.port);
  },
});
