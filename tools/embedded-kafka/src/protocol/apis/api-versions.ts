import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface ApiVersionsResponse {
  errorCode: ErrorCode;
  apis: readonly { key: number; minVersion: number; maxVersion: number }[];
}

export const apiVersionsApi = defineApi<Record<string, never>, ApiVersionsResponse>({
  key: 18,
  name: 'ApiVersions',
  minVersion: 0,
  maxVersion: 2,
  decode: () => ({}),
  encode(writer, response, version) {
    writer.int16(response.errorCode).array(response.apis, (_, api) => {
      writer.int16(api.key).int16(api.minVersion).int16(api.maxVersion);
    });
    if (version >= 1) writer.int32(0);
  },
});
