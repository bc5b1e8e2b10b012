import { FRAME_BYTES } from '@frontdesk/audio';
import { type LedgerItem } from './playback-ledger';

/** Memory for frames, and of each the item that it is of, and where it ends within that. */
class FrameRing {
  readonly buffer: Buffer;
  readonly items: (LedgerItem | null)[];
  readonly ends: Uint32Array;

  constructor(readonly frames: number) {
    this.buffer = Buffer.alloc(frames * FRAME_BYTES, 0xff);
    this.items = new Array<LedgerItem | null>(frames).fill(null);
    this.ends = new Uint32Array(frames);
  }
}

/** More than a pulse feeds. */
const STAGED_FRAMES = 16;
/**
 * For all calls: what is fed nearly always leaves within the same pulse, and the same few lines of the processor's cache
 * serve the next call. Whoever has frames in it is `stagedBy`.
 */
const staged = new FrameRing(STAGED_FRAMES);
let stagedBy: TxQueue | null = null;

const stageFor = (queue: TxQueue): void => {
  stagedBy?.keep();
  stagedBy = queue;
};

/**
 * Frames that will be heard, between the sources and the socket; a ring. It is fed just ahead of the clock, so it rests at
 * 0 to 2 frames. Full, it drops its oldest frame and counts that: the last resort. Only a queue whose frames stay has
 * memory of its own.
 */
export class TxQueue {
  private ring = staged;
  private head = 0;
  private count = 0;
  dropped = 0;
  maxDepth = 0;

  constructor(private readonly maxFrames: number) {}

  /** Frames are written here, at the offset that `reserve` gave; from the next `reserve` on it may be another. */
  get buffer(): Buffer {
    return this.ring.buffer;
  }

  get depth(): number {
    return this.count;
  }

  /** Makes room for a frame. Returns its offset in `buffer`; the caller fills it and then calls `commit`. */
  reserve(): number {
    if (this.count === this.maxFrames) {
      this.release(1);
      this.dropped += 1;
    }
    if (this.count === 0) this.stage();
    else if (this.count === this.ring.frames) this.keep();
    return this.slot(this.count) * FRAME_BYTES;
  }

  /** Takes the reserved frame in: `endBytes` is where it ends within its item. */
  commit(item: LedgerItem, endBytes: number): void {
    const slot = this.slot(this.count);
    this.ring.items[slot] = item;
    this.ring.ends[slot] = endBytes;
    this.count += 1;
    if (this.count > this.maxDepth) this.maxDepth = this.count;
  }

  /** How many of the oldest frames lie side by side and can go out as one message, up to `limit`. */
  batch(limit: number): number {
    return Math.min(limit, this.count, this.ring.frames - this.head);
  }

  /** Offset in `buffer` of the oldest frame. */
  get oldest(): number {
    return this.head * FRAME_BYTES;
  }

  itemAt(index: number): LedgerItem {
    return this.ring.items[this.slot(index)]!;
  }

  endAt(index: number): number {
    return this.ring.ends[this.slot(index)]!;
  }

  /** Removes the oldest `frames`. */
  release(frames: number): void {
    for (let index = 0; index < frames; index++) this.ring.items[this.slot(index)] = null;
    this.head = this.slot(frames);
    this.count -= frames;
    if (this.count === 0 && stagedBy === this) stagedBy = null;
  }

  /** Empties it, only when the session closes. Returns how many frames it held. */
  flush(): number {
    const frames = this.count;
    this.release(frames);
    return frames;
  }

  /** The frames stay while others are fed, or become many: they get memory of their own, until the last of them is gone. */
  keep(): void {
    if (this.count === 0) return;
    const own = new FrameRing(this.maxFrames);
    for (let index = 0; index < this.count; index++) {
      const from = this.slot(index);
      staged.buffer.copy(own.buffer, index * FRAME_BYTES, from * FRAME_BYTES, (from + 1) * FRAME_BYTES);
      own.items[index] = staged.items[from]!;
      own.ends[index] = staged.ends[from]!;
      staged.items[from] = null;
    }
    this.ring = own;
    this.head = 0;
    stagedBy = null;
  }

  /** It is empty. */
  private stage(): void {
    stageFor(this);
    this.ring = staged;
    this.head = 0;
  }

  private slot(index: number): number {
    return (this.head + index) % this.ring.frames;
  }
}
