import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { DamagedDataError } from '../damaged-data-error';
import { readBatch, type BatchHeader } from './record-batch';

interface IndexEntry {
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
  readonly position: number;
  readonly sizeBytes: number;
}

const fileName = (baseOffset: number): string => `${String(baseOffset).padStart(20, '0')}.log`;

/** The base offset that a segment's file is named after, or undefined for another file. */
export const segmentBaseOffset = (name: string): number | undefined => {
  const match = /^(\d{20})\.log$/.exec(name);
  return match ? Number(match[1]) : undefined;
};

/** One append-only file of a partition and, in memory, where its batches lie. */
export class Segment {
  private readonly index: IndexEntry[] = [];
  private sizeInBytes = 0;
  private dirty = false;
  /** Bytes of a half-written batch that were cut off when the segment was opened. */
  cutBytes = 0;

  private constructor(
    private readonly path: string,
    private readonly file: number,
    readonly baseOffset: number,
  ) {}

  static create(folder: string, baseOffset: number): Segment {
    const path = join(folder, fileName(baseOffset));
    return new Segment(path, openSync(path, 'ax+'), baseOffset);
  }

  /**
   * Opens and verifies a file. What a write cut short by a crash left at the end of the last segment is cut off; damage
   * anywhere else cannot be repaired without losing acknowledged messages and is refused.
   */
  static open(
    folder: string,
    baseOffset: number,
    isLast: boolean,
    onBatch: (b: BatchHeader) => void,
  ): Segment {
    const path = join(folder, fileName(baseOffset));
    const bytes = readFileSync(path);
    const segment = new Segment(path, openSync(path, 'a+'), baseOffset);
    let at = 0;
    while (at < bytes.length) {
      const read = readBatch(bytes, at);
      if (!('header' in read)) {
        const reachesEnd =
          at + read.sizeBytes >= bytes.length || bytes.subarray(at).every((byte) => byte === 0);
        if (!isLast || !reachesEnd) {
          closeSync(segment.file);
          throw new DamagedDataError(`${path} is damaged at byte ${at} (${read.fault})`);
        }
        ftruncateSync(segment.file, at);
        segment.cutBytes = bytes.length - at;
        break;
      }
      segment.note(read.header, at);
      onBatch(read.header);
      at += read.header.sizeBytes;
    }
    segment.sizeInBytes = at;
    return segment;
  }

  private note(batch: BatchHeader, position: number): void {
    const { baseOffset, lastOffset, maxTimestamp, sizeBytes } = batch;
    this.index.push({ baseOffset, lastOffset, maxTimestamp, position, sizeBytes });
  }

  get sizeBytes(): number {
    return this.sizeInBytes;
  }
  get nextOffset(): number {
    return (this.index.at(-1)?.lastOffset ?? this.baseOffset - 1) + 1;
  }
  get isEmpty(): boolean {
    return this.index.length === 0;
  }
  /** Newest time of a record, in epoch milliseconds; 0 when empty. */
  get maxTimestamp(): number {
    return this.index.reduce((max, entry) => Math.max(max, entry.maxTimestamp), 0);
  }

  append(batch: Buffer, header: BatchHeader): void {
    try {
      for (let written = 0; written < batch.length;)
        written += writeSync(this.file, batch, written, batch.length - written);
    } catch (error) {
      // A full disk: what was half written must not stay in front of the next batch.
      ftruncateSync(this.file, this.sizeInBytes);
      throw error;
    }
    this.note(header, this.sizeInBytes);
    this.sizeInBytes += batch.length;
    this.dirty = true;
  }

  /** Whole batches from the one that holds `offset` on, up to `maxBytes` but at least one when `atLeastOne`. */
  read(offset: number, maxBytes: number, atLeastOne: boolean): Buffer {
    const first = this.firstIndexFrom(offset);
    let end = first;
    let bytes = 0;
    while (end < this.index.length) {
      const size = this.index[end]!.sizeBytes;
      if (bytes + size > maxBytes && !(atLeastOne && bytes === 0)) break;
      bytes += size;
      end++;
    }
    if (bytes === 0) return Buffer.alloc(0);
    const buffer = Buffer.allocUnsafe(bytes);
    readSync(this.file, buffer, 0, bytes, this.index[first]!.position);
    return buffer;
  }

  /** The first batch with a record at or after the time. */
  findByTime(timestamp: number): { offset: number; timestamp: number } | undefined {
    const entry = this.index.find((candidate) => candidate.maxTimestamp >= timestamp);
    return entry && { offset: entry.baseOffset, timestamp: entry.maxTimestamp };
  }

  private firstIndexFrom(offset: number): number {
    let low = 0;
    let high = this.index.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.index[middle]!.lastOffset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  flush(): void {
    if (!this.dirty) return;
    this.dirty = false;
    fsyncSync(this.file);
  }
  close(): void {
    this.flush();
    closeSync(this.file);
  }
  delete(): void {
    closeSync(this.file);
    rmSync(this.path, { force: true });
  }
}
