import { mkdirSync, readdirSync } from 'node:fs';
import { DamagedDataError } from '../damaged-data-error';
import { ErrorCode } from '../protocol/error-codes';
import { ProducerStates } from './producer-states';
import { placeBatch, readBatch, type BatchHeader } from './record-batch';
import { Segment, segmentBaseOffset } from './segment';

export interface LogLimits {
  /** A segment is closed at this size and a new one begun. */
  readonly segmentBytes: number;
  /** Closed segments beyond this size in all are deleted, oldest first; -1 keeps them. */
  readonly retentionBytes: number;
  /** Segments whose newest record is older are deleted; -1 keeps them. */
  readonly retentionMs: number;
}

export type AppendResult = { errorCode: ErrorCode; baseOffset: number };

const refused = (errorCode: ErrorCode): AppendResult => ({ errorCode, baseOffset: -1 });
const faultCodes = {
  torn: ErrorCode.corruptMessage,
  'bad-checksum': ErrorCode.corruptMessage,
  'unsupported-magic': ErrorCode.unsupportedForMessageFormat,
} as const;

/** The durable log of one partition: segments on disk, offsets without gaps, idempotent producers known. */
export class PartitionLog {
  private readonly appended = new Set<() => void>();
  private readonly producers = new ProducerStates();
  private readonly segments: Segment[] = [];

  private constructor(
    private readonly folder: string,
    readonly limits: LogLimits,
  ) {}

  static open(
    folder: string,
    limits: LogLimits,
    onCut: (bytes: number) => void = () => undefined,
  ): PartitionLog {
    mkdirSync(folder, { recursive: true });
    const log = new PartitionLog(folder, limits);
    const bases = readdirSync(folder)
      .map(segmentBaseOffset)
      .filter((base) => base !== undefined)
      .sort((a, b) => a - b);
    for (const base of bases) {
      const expected = log.segments.at(-1)?.nextOffset;
      if (expected !== undefined && expected !== base)
        throw new DamagedDataError(`${folder} lacks the messages ${expected} to ${base - 1}`);
      const segment = Segment.open(folder, base, base === bases.at(-1), (batch) => log.producers.note(batch));
      log.segments.push(segment);
      if (segment.cutBytes > 0) onCut(segment.cutBytes);
    }
    if (log.segments.length === 0) log.segments.push(Segment.create(folder, 0));
    return log;
  }

  private get active(): Segment {
    return this.segments.at(-1)!;
  }
  get startOffset(): number {
    return this.segments[0]!.baseOffset;
  }
  /** The offset that the next message will get. */
  get highWatermark(): number {
    return this.active.nextOffset;
  }
  get sizeBytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0);
  }

  /** Appends the batches of one produce request; a batch that is refused keeps those before it. */
  append(records: Buffer): AppendResult {
    let result: AppendResult | undefined;
    for (let at = 0; at < records.length;) {
      const read = readBatch(records, at);
      if (!('header' in read)) return refused(faultCodes[read.fault]);
      const appended = this.appendBatch(
        Buffer.from(records.subarray(at, at + read.header.sizeBytes)),
        read.header,
      );
      if (appended.errorCode !== ErrorCode.none) return appended;
      result ??= appended;
      at += read.header.sizeBytes;
    }
    if (!result) return refused(ErrorCode.corruptMessage);
    for (const wake of [...this.appended]) wake();
    return result;
  }

  private appendBatch(batch: Buffer, header: BatchHeader): AppendResult {
    const verdict = this.producers.check(header);
    if (verdict.kind === 'refuse') return refused(verdict.errorCode);
    if (verdict.kind === 'duplicate') return { errorCode: ErrorCode.none, baseOffset: verdict.baseOffset };
    const baseOffset = this.highWatermark;
    placeBatch(batch, baseOffset);
    const placed = { ...header, baseOffset, lastOffset: baseOffset + header.lastOffset - header.baseOffset };
    if (!this.active.isEmpty && this.active.sizeBytes + batch.length > this.limits.segmentBytes) this.roll();
    this.active.append(batch, placed);
    this.producers.note(placed);
    return { errorCode: ErrorCode.none, baseOffset };
  }

  private roll(): void {
    this.active.flush();
    this.segments.push(Segment.create(this.folder, this.highWatermark));
  }

  /** Batches from the offset on; the first may begin before it, as clients expect. */
  read(offset: number, maxBytes: number, atLeastOne = true): Buffer {
    const segment = this.segments.findLast((candidate) => candidate.baseOffset <= offset);
    return segment?.read(offset, maxBytes, atLeastOne) ?? Buffer.alloc(0);
  }

  findByTime(timestamp: number): { offset: number; timestamp: number } | undefined {
    for (const segment of this.segments) {
      const found = segment.findByTime(timestamp);
      if (found) return found;
    }
    return undefined;
  }

  /** Deletes what is too old or too much; the active segment is closed first when all of it is too old. */
  retain(now: number): void {
    const { retentionMs, retentionBytes } = this.limits;
    const isTooOld = (segment: Segment): boolean =>
      retentionMs >= 0 && !segment.isEmpty && segment.maxTimestamp < now - retentionMs;
    const isTooMuch = (): boolean => retentionBytes >= 0 && this.sizeBytes > retentionBytes;
    if (isTooOld(this.active)) this.roll();
    while (this.segments.length > 1 && (isTooOld(this.segments[0]!) || isTooMuch()))
      this.segments.shift()!.delete();
  }

  /** Calls back at each append until the returned function is called. */
  onAppend(wake: () => void): () => void {
    this.appended.add(wake);
    return () => this.appended.delete(wake);
  }

  flush(): void {
    this.active.flush();
  }
  close(): void {
    for (const segment of this.segments) segment.close();
    for (const wake of [...this.appended]) wake();
  }
}
