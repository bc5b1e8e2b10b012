import { crc32c } from './crc32c';

/**
 * The header of a record batch, magic 2 (kafka.apache.org/documentation, "Record Batch"). Batches are kept as they
 * came: compression and records are the clients' business.
 */
export interface BatchHeader {
  readonly baseOffset: number;
  readonly sizeBytes: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  /** -1 when the producer is not idempotent. */
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

export const headerBytes = 61;
const sizePrefixBytes = 12; // base offset and length come before what the length counts
const crcFrom = 21;

export type BatchFault = 'torn' | 'unsupported-magic' | 'bad-checksum';

/** Sequences wrap to 0 after 2^31 - 1. */
export const addSequence = (sequence: number, delta: number): number => (sequence + delta) % 2 ** 31;

/** Reads and verifies the batch that begins at `at`. */
export const readBatch = (
  bytes: Buffer,
  at: number,
): { header: BatchHeader } | { fault: BatchFault; sizeBytes: number } => {
  if (at + headerBytes > bytes.length) return { fault: 'torn', sizeBytes: bytes.length - at };
  const sizeBytes = bytes.readInt32BE(at + 8) + sizePrefixBytes;
  if (sizeBytes < headerBytes || at + sizeBytes > bytes.length)
    return { fault: 'torn', sizeBytes: bytes.length - at };
  if (bytes.readInt8(at + 16) !== 2) return { fault: 'unsupported-magic', sizeBytes };
  if (crc32c(bytes.subarray(at + crcFrom, at + sizeBytes)) !== bytes.readUInt32BE(at + 17))
    return { fault: 'bad-checksum', sizeBytes };
  return { header: readHeader(bytes, at, sizeBytes) };
};

const readHeader = (bytes: Buffer, at: number, sizeBytes: number): BatchHeader => {
  const baseOffset = Number(bytes.readBigInt64BE(at));
  const lastOffsetDelta = bytes.readInt32BE(at + 23);
  const firstSequence = bytes.readInt32BE(at + 53);
  return {
    baseOffset,
    sizeBytes,
    lastOffset: baseOffset + lastOffsetDelta,
    maxTimestamp: Number(bytes.readBigInt64BE(at + 35)),
    producerId: Number(bytes.readBigInt64BE(at + 43)),
    producerEpoch: bytes.readInt16BE(at + 51),
    firstSequence,
    lastSequence: addSequence(firstSequence, lastOffsetDelta),
  };
};

/** Gives a batch its place in the log: base offset and leader epoch lie outside what the checksum covers. */
export const placeBatch = (batch: Buffer, baseOffset: number): void => {
  batch.writeBigInt64BE(BigInt(baseOffset), 0);
  batch.writeInt32BE(0, sizePrefixBytes);
};
