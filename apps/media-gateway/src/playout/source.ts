import { FRAME_BYTES, MULAW_SILENCE } from '@frontdesk/audio';
import { AudioQueue } from './audio-queue';
import { BYTES_PER_MS } from './units';
import { type LedgerItem } from './playback-ledger';

export type SourceKind = 'greeting' | 'response' | 'phrase' | 'tone';

/** 5 minutes (RT3): past it the response is cancelled. */
export const MAX_SOURCE_BYTES = 5 * 60 * 1000 * BYTES_PER_MS;

/** The audio of one item within a source. */
interface Part {
  readonly item: LedgerItem;
  readonly audio: AudioQueue;
  isComplete: boolean;
}

/**
 * What was generated and not yet given to the TX queue. OPEN (more may come) → COMPLETE (no more comes; what is there
 * plays) or ENDED (what was not yet read is withheld, and so is all that comes later).
 */
export class Source {
  /** The part that is read now; null before the first, and behind the last. */
  private current: Part | null = null;
  private readonly later: Part[] = [];
  private state: 'open' | 'complete' | 'ended' = 'open';
  private unreadBytes = 0;
  /** True once a frame of it was given to the TX queue. */
  hasStarted = false;

  constructor(
    readonly kind: SourceKind,
    /** The response's id, or a name. */
    readonly id: string,
    private readonly onHeard: ((source: Source) => void) | null = null,
  ) {}

  /**
   * Adds audio of an item, which is only lent.
   * @returns false when the source holds all it may: nothing was added
   */
  add(item: LedgerItem, mulaw: Uint8Array): boolean {
    if (!this.takes(item, mulaw.length)) return false;
    if (this.state === 'open' && mulaw.length > 0) this.partOf(item).audio.push(mulaw);
    return true;
  }

  /** The same with audio that nobody changes: a cached greeting is shared by all calls. */
  addShared(item: LedgerItem, mulaw: Buffer): boolean {
    if (!this.takes(item, mulaw.length)) return false;
    if (this.state === 'open' && mulaw.length > 0) this.partOf(item).audio.pushShared(mulaw);
    return true;
  }

  /** No more audio of the current item comes: its last partial frame may go out, padded. */
  completeItem(): void {
    const part = this.newest;
    if (part) part.isComplete = true;
  }

  /** No more audio comes at all. */
  complete(): void {
    this.completeItem();
    if (this.state === 'open') this.state = 'complete';
  }

  /** Withholds what was not yet read. */
  end(): void {
    this.state = 'ended';
    this.current?.audio.clear();
    for (const { audio } of this.later) audio.clear();
    this.current = null;
    this.later.length = 0;
    this.unreadBytes = 0;
  }

  get isEnded(): boolean {
    return this.state === 'ended';
  }

  /** Holds something to play. A part of a frame does not count while the item may go on. */
  get hasAudio(): boolean {
    const { current } = this;
    if (!current) return false;
    const left = current.audio.length;
    return left >= FRAME_BYTES || (left > 0 && current.isComplete) || this.later.length > 0;
  }

  /** Nothing more will ever be read from it. */
  get isFinished(): boolean {
    return this.state === 'ended' || (this.state === 'complete' && this.unreadBytes === 0);
  }

  /** The whole of it was heard. */
  heard(): void {
    this.onHeard?.(this);
  }

  /**
   * Copies the next frame into `target`. A frame holds audio of one item; only an item's last one is padded.
   * @returns the item, or null when no whole frame is there yet
   */
  readFrame(target: Buffer, offset: number): LedgerItem | null {
    for (;;) {
      const part = this.current;
      if (!part) return null;
      const left = part.audio.length;
      if (left === 0 && part.isComplete) {
        this.current = this.later.shift() ?? null;
        continue;
      }
      if (left < FRAME_BYTES && !part.isComplete) return null;
      const length = Math.min(left, FRAME_BYTES);
      part.audio.read(target, offset, length);
      if (length < FRAME_BYTES) target.fill(MULAW_SILENCE, offset + length, offset + FRAME_BYTES);
      this.unreadBytes -= length;
      part.item.queuedBytes += length;
      this.hasStarted = true;
      return part.item;
    }
  }

  /** Counts what was generated; whether there is room for it, should it be kept at all. */
  private takes(item: LedgerItem, bytes: number): boolean {
    item.generatedBytes += bytes;
    if (this.state !== 'open') return true;
    if (this.unreadBytes + bytes > MAX_SOURCE_BYTES) return false;
    this.unreadBytes += bytes;
    return true;
  }

  private get newest(): Part | null {
    return this.later.at(-1) ?? this.current;
  }

  private partOf(item: LedgerItem): Part {
    const last = this.newest;
    if (last?.item === item) return last;
    this.completeItem();
    const part = { item, audio: new AudioQueue(), isComplete: false };
    if (this.current) this.later.push(part);
    else this.current = part;
    return part;
  }
}
