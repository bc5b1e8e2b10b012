import { defineApi } from '../api';
import { type ErrorCode } from '../error-codes';

export interface InitProducerIdRequest {
  transactionalId: string | null;
}
export interface InitProducerIdResponse {
  errorCode: ErrorCode;
  producerId: number;
  epoch: number;
}

export const initProducerIdApi = defineApi<InitProducerIdRequest, InitProducerIdResponse>({
  key: 22,
  name: 'InitProducerId',
  minVersion: 0,
  maxVersion: 1,
  decode(reader) {
    const transactionalId = reader.nullableString();
    reader.int32(); // transaction time-out
    return { transactionalId };
  },
  encode(writer, response) {
    writer.int32(0).int16(response.errorCode).int64(response.producerId).int16(response.epoch);
  },
});
