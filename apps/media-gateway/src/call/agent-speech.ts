import { heardText } from './heard-text';
import { LedgerItem } from '../playout/playback-ledger';
import { type Source } from '../playout/source';

/**
 * What the agent lets hear in one go. Phrases and tones (keys) are heard, but are no turns of the model's. A phrase that
 * covers a silence is no part of the conversation; one that the call wants said is.
 */
export type SpeechKind = 'greeting' | 'response' | 'phrase' | 'tone';

/** What became of a speech, for the log of the call. */
export interface SpokenWords {
  readonly said: string;
  readonly heard: string;
  /** `heard` was cut in proportion to time. */
  readonly estimated: boolean;
  readonly saidMs: number;
  readonly heardMs: number;
}

/** One thing the agent says: its source, its items in the conversation, and how far it came. */
export class AgentSpeech {
  readonly items: LedgerItem[] = [];
  private readonly complete = new Set<LedgerItem>();
  private readonly settled = new Set<LedgerItem>();
  /** Stream time of the first frame sent; null before. */
  startedAtMs: number | null = null;
  endedAtMs: number | null = null;
  isInterrupted = false;
  /** The session that generated it was lost in the middle of it. */
  isBroken = false;
  /** Longer than a source may be: only what the source took is heard. */
  isOverlong = false;
  /** The model's session does not know its audio items: it is text there, or nothing. */
  isForeign = false;
  /** The item that holds it as text in the model's conversation; null when its audio items do, or none. */
  textItemId: string | null = null;
  /** No more of it is generated. */
  isGenerated = false;
  /** Told once: it was heard, or never will be. */
  onOver: (() => void) | null = null;

  constructor(
    readonly kind: SpeechKind,
    readonly source: Source,
    /** Of a response; null for what has no response. */
    readonly responseId: string | null,
    /** Its place among the turns of the call; -1 for what is no part of the conversation. */
    readonly turn: number,
  ) {}

  /** A turn of the agent's. */
  get isTurn(): boolean {
    return this.kind === 'greeting' || this.kind === 'response';
  }

  /** What is heard of it is part of the conversation. */
  get isRemembered(): boolean {
    return this.turn >= 0;
  }

  item(itemId: string): LedgerItem {
    const known = this.items.find((item) => item.itemId === itemId);
    if (known) return known;
    const item = new LedgerItem(itemId, this.responseId);
    this.items.push(item);
    return item;
  }

  completeItem(item: LedgerItem): void {
    this.complete.add(item);
    if (this.items.at(-1) === item) this.source.completeItem();
  }

  /** The items whose end must be told to the model now that the caller spoke over them; each is given once. */
  takeUnsettled(): { item: LedgerItem; isWhole: boolean }[] {
    const open = this.items.filter((item) => !this.settled.has(item));
    for (const item of open) this.settled.add(item);
    return open.map((item) => ({ item, isWhole: this.complete.has(item) }));
  }

  get generatedBytes(): number {
    return this.items.reduce((sum, item) => sum + item.generatedBytes, 0);
  }

  /** What was said, and what of it the caller hears: all that was given to the TX queue, less what Twilio was told to forget. */
  words(): SpokenWords {
    const said = joined(this.items.map((item) => item.text.trim()));
    const heard =
      this.isInterrupted || this.isOverlong
        ? joined(this.items.map((item) => heardText(item.text, item.hearableBytes, item.generatedBytes)))
        : said;
    const ms = (count: (item: LedgerItem) => number): number =>
      Math.round(this.items.reduce((sum, item) => sum + count(item), 0) / 8);
    return {
      said,
      heard,
      estimated: heard !== said && heard !== '',
      saidMs: ms((item) => item.generatedBytes),
      heardMs: ms((item) => item.hearableBytes),
    };
  }
}

const joined = (texts: readonly string[]): string => texts.filter(Boolean).join(' ');
