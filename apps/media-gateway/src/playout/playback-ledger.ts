import { BYTES_PER_MS } from './units';

/** Marks that may be on their way at once: at five a second, 100 s of audio in Twilio's buffer. */
const MAX_PENDING_MARKS = 512;

/**
 * One thing the agent says, as the conversation knows it. All counts are bytes of mu-law of this item alone (padding is
 * not counted): generated ≥ queued ≥ sent ≥ heard.
 */
export class LedgerItem {
  /** Arrived from whoever made it, withheld or not. */
  generatedBytes = 0;
  /** Given to the TX queue: it will be heard. */
  queuedBytes = 0;
  /** Given to the socket. */
  sentBytes = 0;
  /** Confirmed by a mark. */
  heardBytes = 0;
  /** Given to the socket, but Twilio was told to forget it before it was played. */
  clearedBytes = 0;
  /** What was generated as words; grows with the audio. */
  text = '';

  constructor(
    readonly itemId: string,
    /** Null for what did not come from a response: the greeting, a phrase, a tone. */
    readonly responseId: string | null,
  ) {}

  /** What the caller has heard or will hear. */
  get hearableBytes(): number {
    return this.queuedBytes - this.clearedBytes;
  }

  get hearableMs(): number {
    return this.hearableBytes / BYTES_PER_MS;
  }
}

interface PendingMark {
  readonly name: string;
  readonly item: LedgerItem;
  readonly endBytes: number;
  /** Called when this mark was heard: it closes a source. */
  readonly onHeard: (() => void) | null;
}

/**
 * What was generated, queued, sent and heard in one stream. Twilio echoes a mark when all that was sent before it has
 * been played, so marks come back in order, and one that was lost is covered by the next.
 */
export class PlaybackLedger {
  private readonly pending: PendingMark[] = [];
  /** Names of marks that Twilio echoes although their audio was not played. */
  private readonly cleared = new Set<string>();
  private marksMade = 0;
  /** Marks that came back without being awaited: doubled, foreign, or of an older stream. */
  unexpectedMarks = 0;

  /** @param generation of the stream; part of every mark's name, so that no two streams share one */
  constructor(private readonly generation: number) {}

  /** Notes that the item has been sent up to `endBytes`, and returns the name of the mark to send behind it. */
  mark(item: LedgerItem, endBytes: number, onHeard: (() => void) | null): string {
    const name = `${this.generation}:${++this.marksMade}`;
    this.pending.push({ name, item, endBytes, onHeard });
    if (this.pending.length > MAX_PENDING_MARKS) this.settle(this.pending.shift()!);
    return name;
  }

  /** Twilio echoed a mark: it and all before it were heard. */
  heard(name: string): void {
    const index = this.pending.findIndex((mark) => mark.name === name);
    if (index < 0) {
      if (!this.cleared.delete(name)) this.unexpectedMarks += 1;
      return;
    }
    for (const mark of this.pending.splice(0, index + 1)) this.settle(mark);
  }

  /**
   * Twilio was told to forget what it has not played: it echoes the marks within that at once, and they tell nothing.
   * @param items all that may still be unheard, in the order in which they were sent
   * @param bytes how much of what was sent will not be played
   */
  clear(items: readonly LedgerItem[], bytes: number): void {
    for (const { name } of this.pending.splice(0)) this.cleared.add(name);
    let left = bytes;
    for (const item of [...items].reverse()) {
      const forgotten = Math.min(left, item.sentBytes - item.heardBytes - item.clearedBytes);
      if (forgotten <= 0) continue;
      item.clearedBytes += forgotten;
      left -= forgotten;
    }
  }

  /** True while something sent is not yet confirmed. */
  get isAwaitingMarks(): boolean {
    return this.pending.length > 0;
  }

  private settle(mark: PendingMark): void {
    mark.item.heardBytes = Math.max(mark.item.heardBytes, mark.endBytes);
    mark.onHeard?.();
  }
}
