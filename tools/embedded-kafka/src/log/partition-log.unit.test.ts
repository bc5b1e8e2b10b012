import { appendFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordBatch } from '../../tests/record-batches';
import { DamagedDataError } from '../damaged-data-error';
import { ErrorCode } from '../protocol/error-codes';
import { crc32c } from './crc32c';
import { PartitionLog, type LogLimits } from './partition-log';

const limits: LogLimits = { segmentBytes: 1_000_000, retentionBytes: -1, retentionMs: -1 };
let folder: string;
const opened: PartitionLog[] = [];
const open = (over: Partial<LogLimits> = {}, onCut?: (bytes: number) => void): PartitionLog => {
  const log = PartitionLog.open(folder, { ...limits, ...over }, onCut);
  opened.push(log);
  return log;
};
const reopen = (log: PartitionLog, onCut?: (bytes: number) => void): PartitionLog => {
  opened.splice(opened.indexOf(log), 1);
  log.close();
  return open(log.limits, onCut);
};
const segmentFiles = (): string[] => readdirSync(folder).sort();

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'partition-log-'));
});
afterEach(() => {
  for (const log of opened.splice(0)) log.close();
  rmSync(folder, { recursive: true });
});

it('knows the check value of CRC-32C', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
});

it('gives consecutive offsets and reads from the batch that holds an offset', () => {
  const log = open();
  expect(log.append(recordBatch({ count: 3 }))).toEqual({ errorCode: ErrorCode.none, baseOffset: 0 });
  expect(log.append(recordBatch({ count: 2 }))).toEqual({ errorCode: ErrorCode.none, baseOffset: 3 });
  expect(log.highWatermark).toBe(5);
  expect(log.read(4, 1_000_000).readBigInt64BE(0)).toBe(3n);
  expect(log.read(1, 1_000_000)).toHaveLength(162);
  expect(log.read(0, 1, true)).toHaveLength(81);
  expect(log.read(0, 1, false)).toHaveLength(0);
});

it('refuses a batch with a wrong checksum or an old format and keeps nothing of it', () => {
  const log = open();
  const damaged = recordBatch();
  damaged[70] = 1;
  const old = recordBatch();
  old[16] = 1;
  expect(log.append(damaged).errorCode).toBe(ErrorCode.corruptMessage);
  expect(log.append(old).errorCode).toBe(ErrorCode.unsupportedForMessageFormat);
  expect(log.append(Buffer.alloc(5)).errorCode).toBe(ErrorCode.corruptMessage);
  expect(log.highWatermark).toBe(0);
});

it('cuts a torn tail at start and goes on behind the last whole batch', () => {
  const log = open();
  log.append(recordBatch({ count: 4 }));
  appendFileSync(join(folder, segmentFiles()[0]!), recordBatch().subarray(0, 40));
  const cuts: number[] = [];
  const again = reopen(log, (bytes) => cuts.push(bytes));
  expect(cuts).toEqual([40]);
  expect(again.append(recordBatch()).baseOffset).toBe(4);
  expect(reopen(again).highWatermark).toBe(5);
});

it('refuses damage in the middle, where a cut would lose acknowledged messages', () => {
  const log = open();
  log.append(recordBatch());
  log.append(recordBatch());
  const path = join(folder, segmentFiles()[0]!);
  const bytes = readFileSync(path);
  bytes[65] = 1;
  writeFileSync(path, bytes);
  expect(() => open()).toThrow(DamagedDataError);
});

it('answers a repeated idempotent batch with its first offset, also after a restart', () => {
  const log = open();
  const first = recordBatch({ count: 2, producerId: 9, sequence: 0 });
  log.append(recordBatch());
  expect(log.append(first).baseOffset).toBe(1);
  expect(log.append(first)).toEqual({ errorCode: ErrorCode.none, baseOffset: 1 });
  const again = reopen(log);
  expect(again.append(first)).toEqual({ errorCode: ErrorCode.none, baseOffset: 1 });
  expect(again.highWatermark).toBe(3);
  expect(again.append(recordBatch({ producerId: 9, sequence: 2 })).baseOffset).toBe(3);
});

it('refuses a gap in the sequence and a fenced epoch', () => {
  const log = open();
  log.append(recordBatch({ producerId: 9, epoch: 1, sequence: 0 }));
  const append = (epoch: number, sequence: number) =>
    log.append(recordBatch({ producerId: 9, epoch, sequence })).errorCode;
  expect(append(1, 5)).toBe(ErrorCode.outOfOrderSequence);
  expect(append(0, 1)).toBe(ErrorCode.invalidProducerEpoch);
  expect(append(2, 3)).toBe(ErrorCode.outOfOrderSequence);
  expect(append(2, 0)).toBe(ErrorCode.none);
});

it('deletes closed segments by size and by age and moves the start offset', () => {
  const log = open({ segmentBytes: 100, retentionBytes: 250, retentionMs: 1000 });
  for (const timestamp of [1000, 2000, 3000, 4000]) log.append(recordBatch({ timestamp }));
  expect(segmentFiles()).toHaveLength(4);
  log.retain(1500);
  expect(log.startOffset).toBe(1);
  log.retain(4500);
  expect(log.startOffset).toBe(3);
  log.retain(1_000_000);
  expect(log).toMatchObject({ startOffset: 4, highWatermark: 4 });
  expect(reopen(log).append(recordBatch()).baseOffset).toBe(4);
});

it('finds the first message at or after a time', () => {
  const log = open({ segmentBytes: 100 });
  for (const timestamp of [1000, 2000, 3000]) log.append(recordBatch({ timestamp }));
  expect(log.findByTime(1500)).toEqual({ offset: 1, timestamp: 2000 });
  expect(log.findByTime(3001)).toBeUndefined();
});
