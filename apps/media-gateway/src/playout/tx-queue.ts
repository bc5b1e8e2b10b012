import { FRAME_BYTES } from '@frontdesk/audio';
import { type LedgerItem } from './playback-ledger';

/**
 * Frames that will be heard, between the sources and the socket; a ring, allocated once. It is fed just ahead of the
 * clock, so it rests at 0 to 2 frames. Full, it drops its oldest frame and counts that: the last resort.
 */
export class TxQueue {
  /** Frames are written here, at the offset that `reserve` gives. */
  readonly buffer: Buffer;
  private readonly items: (LedgerItem | null)[];
  private readonly ends: Uint32Array;
  private head = 0;
  private count = 0;
  dropped = 0;
  maxDepth = 0;

  constructor(private readonly maxFrames: number) {
    this.buffer = Buffer.alloc(maxFrames * FRAME_BYTES, 0xff);
    this.items = new Array<LedgerItem | null>(maxFrames).fill(null);
    this.ends = new Uint32Array(maxFrames);
  }

  get depth(): number {
    return this.count;
  }

  /** Offset in `buffer` of the next frame; the caller fills it and then calls `commit`. */
  reserve(): number {
    if (this.count === this.maxFrames) {
      this.release(1);
      this.dropped += 1;
    }
    return this.slot(this.count) * FRAME_BYTES;
  }

  /** Takes the reserved frame in: `endBytes` is where it ends within its item. */
  commit(item: LedgerItem, endBytes: number): void {
    const slot = this.slot(this.count);
    this.items[slot] = item;
    this.ends[slot] = endBytes;
    this.count += 1;
    if (this.count > this.maxDepth) this.maxDepth = this.count;
  }

  /** How many of the oldest frames lie side by side and can go out as one message, up to `limit`. */
  batch(limit: number): number {
    return Math.min(limit, this.count, this.maxFrames - this.head);
  }

  /** Offset in `buffer` of the oldest frame. */
  get oldest(): number {
    return this.head * FRAME_BYTES;
  }

  itemAt(index: number): LedgerItem {
    return this.items[this.slot(index)]!;
  }

  endAt(index: number): number {
    return this.ends[this.slot(index)]!;
  }

  /** Removes the oldest `frames`. */
  release(frames: number): void {
    for (let index = 0; index < frames; index++) this.items[this.slot(index)] = null;
    this.count -= frames;
    // Empty, as it nearly always is, it begins anew: the same few bytes of it stay at hand for the processor.
    this.head = this.count === 0 ? 0 : this.slot(frames);
  }

  /** Empties it, only when the session closes. Returns how many frames it held. */
  flush(): number {
    const frames = this.count;
    this.release(frames);
    return frames;
  }

  private slot(index: number): number {
    return (this.head + index) % this.maxFrames;
  }
}
