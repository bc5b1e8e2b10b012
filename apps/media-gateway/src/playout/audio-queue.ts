import { BYTES_PER_MS } from './units';

/** 200 ms: about what a model sends at once. */
export const BLOCK_BYTES = 200 * BYTES_PER_MS;
/** Blocks kept for the next who needs one: what 300 calls hold of answers that come faster than they are heard. */
const MAX_SPARE_BLOCKS = 4096;

/**
 * Memory for audio that waits to be heard, used again and again: as ordinary buffers it would outlive the young
 * generation of the heap, seconds of it for each call, and only a full collection would give it back. More than the
 * bound is left to the collector.
 */
class BlockPool {
  private readonly spare: Buffer[] = [];

  take(): Buffer {
    return this.spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
  }

  give(block: Buffer): void {
    if (this.spare.length < MAX_SPARE_BLOCKS) this.spare.push(block);
  }
}

/** Of the process: whoever took a block gives it back when it is read, or withheld. */
const pool = new BlockPool();

interface Piece {
  readonly bytes: Buffer;
  /** One of the pool's. */
  readonly isBlock: boolean;
  /** What is still to be read of it. */
  from: number;
  to: number;
  next: Piece | null;
}

/** Audio in the order in which it came, to be read in pieces of any size. A chain: the first piece is one step away. */
export class AudioQueue {
  private first: Piece | null = null;
  private last: Piece | null = null;
  length = 0;

  /** Adds what is only lent: it is copied. */
  push(mulaw: Uint8Array): void {
    for (let at = 0; at < mulaw.length;) {
      const last = this.blockWithRoom();
      const count = Math.min(mulaw.length - at, BLOCK_BYTES - last.to);
      last.bytes.set(count === mulaw.length ? mulaw : mulaw.subarray(at, at + count), last.to);
      last.to += count;
      at += count;
    }
    this.length += mulaw.length;
  }

  /** Adds what nobody changes, such as a greeting that all calls share: it is kept as it is. */
  pushShared(mulaw: Buffer): void {
    this.append({ bytes: mulaw, isBlock: false, from: 0, to: mulaw.length, next: null });
    this.length += mulaw.length;
  }

  /** Copies the next `count` bytes into `target`; there must be so many. */
  read(target: Buffer, offset: number, count: number): void {
    this.length -= count;
    let put = offset;
    for (let left = count; left > 0;) {
      const piece = this.first!;
      const { bytes, from } = piece;
      const part = Math.min(left, piece.to - from);
      // A loop: `copy` makes an object for each part, and for a frame takes longer.
      for (let index = 0; index < part; index++) target[put + index] = bytes[from + index]!;
      put += part;
      left -= part;
      piece.from = from + part;
      if (piece.from === piece.to) this.dropFirst();
    }
  }

  /** Withholds what was not read. */
  clear(): void {
    while (this.first) this.dropFirst();
    this.length = 0;
  }

  private blockWithRoom(): Piece {
    const { last } = this;
    if (last?.isBlock && last.to < BLOCK_BYTES) return last;
    return this.append({ bytes: pool.take(), isBlock: true, from: 0, to: 0, next: null });
  }

  private append(piece: Piece): Piece {
    if (this.last) this.last.next = piece;
    else this.first = piece;
    this.last = piece;
    return piece;
  }

  private dropFirst(): void {
    const { bytes, isBlock, next } = this.first!;
    this.first = next;
    if (!next) this.last = null;
    if (isBlock) pool.give(bytes);
  }
}
