import { crc32c } from '../src/log/crc32c';

export interface BatchOptions {
  count?: number;
  producerId?: number;
  epoch?: number;
  sequence?: number;
  timestamp?: number;
  payloadBytes?: number;
}

/** A well-formed record batch of the given shape; the records themselves are opaque to the broker. */
export const recordBatch = (options: BatchOptions = {}): Buffer => {
  const {
    count = 1,
    producerId = -1,
    epoch = 0,
    sequence = -1,
    timestamp = 1000,
    payloadBytes = 20,
  } = options;
  const batch = Buffer.alloc(61 + payloadBytes, 7);
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(0, 21);
  batch.writeInt32BE(count - 1, 23);
  batch.writeBigInt64BE(BigInt(timestamp), 27);
  batch.writeBigInt64BE(BigInt(timestamp), 35);
  batch.writeBigInt64BE(BigInt(producerId), 43);
  batch.writeInt16BE(epoch, 51);
  batch.writeInt32BE(sequence, 53);
  batch.writeInt32BE(count, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(21)), 17);
  return batch;
};
