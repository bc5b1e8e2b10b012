import { type RealtimeSession } from '@frontdesk/speech';
import { AgentSpeech, type SpeechKind } from './agent-speech';
import { type ResponseSequencer } from '../model/response-sequencer';
import { type LedgerItem } from '../playout/playback-ledger';
import { type Playout } from '../playout/playout';
import { Source } from '../playout/source';

/** The id of the greeting's item in the conversation. */
export const GREETING_ITEM_ID = 'greeting';

/** What the agent is saying, for a session that is to know it as text. */
export interface OpenWords {
  readonly turn: number;
  readonly heard: string;
  /** Its id in the conversation, so that it can be corrected should the caller stop it. */
  readonly id: string;
}

/** Where an interruption cut. */
export interface Cut {
  readonly responseId: string | null;
  readonly item: LedgerItem | null;
}

export interface SpeechesOptions {
  readonly playout: Playout;
  readonly sequencer: ResponseSequencer;
  readonly model: Pick<RealtimeSession, 'addItem'>;
  /** Milliseconds since the stream's `start`. */
  readonly streamMs: () => number;
  /** [BARGE_IN_CLEAR] An interruption also has Twilio forget what it has not played. */
  readonly clearsLine: boolean;
  /** The caller heard the end of it. */
  readonly onHeard: (speech: AgentSpeech) => void;
  /** All is known of it; told once of each that is part of the conversation. */
  readonly onFinished: (speech: AgentSpeech) => void;
}

const textItemId = ({ turn }: AgentSpeech): string => `open-${turn}`;

/** What the agent is saying: every speech from its first audio until it was heard, or its end is known. */
export class Speeches {
  private readonly open = new Map<string, AgentSpeech>();

  constructor(private readonly options: SpeechesOptions) {}

  get(id: string): AgentSpeech | undefined {
    return this.open.get(id);
  }

  /** @param turn its place among the turns of the call; -1 for what is no part of the conversation */
  begin(kind: SpeechKind, id: string, responseId: string | null, turn: number): AgentSpeech {
    const source = new Source(kind, id, () => this.heard(id));
    const speech = new AgentSpeech(kind, source, responseId, turn);
    this.open.set(id, speech);
    // A phrase covers a silence: what causes the silence must not hold it up.
    if (kind === 'phrase') this.options.playout.playAhead(source);
    else this.options.playout.play(source);
    return speech;
  }

  /** One that is no phrase has begun and is not over. */
  get isAnySpoken(): boolean {
    return [...this.open.values()].some(({ isTurn, startedAtMs }) => isTurn && startedAtMs !== null);
  }

  /** Something of one that speech stops, be it a phrase, is not given to the TX queue yet. */
  get isAnyToCome(): boolean {
    return [...this.open.values()].some(({ source, kind }) => kind !== 'tone' && !source.isFinished);
  }

  /** The session that generated one was lost in the middle of it, and the caller hears or heard the beginning. */
  get isCutOff(): boolean {
    return [...this.open.values()].some(({ isBroken, generatedBytes }) => isBroken && generatedBytes > 0);
  }

  /** No more of it is generated. */
  generated(speech: AgentSpeech): void {
    speech.isGenerated = true;
    speech.source.complete();
    if (speech.isInterrupted) this.finish(speech);
    else this.options.playout.wake();
  }

  /**
   * No more comes of a speech that is text in the conversation, though it was not all: what was said so far is all of it.
   * @returns false when the caller had stopped it before
   */
  breakOff(speech: AgentSpeech): boolean {
    const isUnsaid = speech.textItemId !== null && this.open.has(speech.source.id);
    if (isUnsaid) this.replaceText(speech.textItemId!, speech.words().said);
    speech.textItemId = null;
    this.generated(speech);
    return isUnsaid;
  }

  /** No more of one of its items is generated. */
  itemDone(speech: AgentSpeech, itemId: string): void {
    speech.completeItem(speech.item(itemId));
    if (speech.isInterrupted) this.settle(speech);
    else this.options.playout.wake();
  }

  /**
   * The caller speaks over the agent: nothing that is not in the TX queue yet will be heard, and with `clearsLine` what
   * Twilio has not played neither.
   */
  cut(): Cut {
    const { playout, clearsLine } = this.options;
    const open = [...this.open.values()];
    const running = new Set(open.filter(({ source, kind }) => kind !== 'tone' && !source.isFinished));
    playout.interrupt();
    if (clearsLine) playout.clear(open.flatMap(({ items }) => items));
    const isCut = (speech: AgentSpeech): boolean =>
      running.has(speech) || speech.items.some(({ clearedBytes }) => clearedBytes > 0);
    const cut = open.filter(isCut);
    for (const speech of cut) {
      speech.isInterrupted = true;
      this.settle(speech);
    }
    const last = cut.findLast(({ isTurn }) => isTurn);
    const item = last?.items.findLast(({ hearableBytes }) => hearableBytes > 0) ?? last?.items[0] ?? null;
    // Its mark was cleared with the rest, so no mark will say that it was heard.
    const over = clearsLine ? open.filter(({ isGenerated }) => isGenerated) : cut;
    for (const speech of over) if (speech.isGenerated) this.finish(speech);
    return { responseId: last?.responseId ?? null, item };
  }

  /** The model's session was replaced: what the old one generated plays, nothing more of it comes. */
  sessionReplaced(): void {
    for (const speech of [...this.open.values()]) {
      if (speech.isRemembered) {
        speech.isForeign = true;
        speech.textItemId = speech.words().heard ? textItemId(speech) : null;
      }
      if (!speech.responseId || speech.isGenerated) continue;
      speech.isBroken = true;
      this.generated(speech);
    }
  }

  /** What the agent is saying, as words. */
  words(): OpenWords[] {
    return [...this.open.values()]
      .filter(({ isRemembered }) => isRemembered)
      .map((speech) => ({ turn: speech.turn, heard: speech.words().heard, id: textItemId(speech) }));
  }

  /** Nothing is heard any more: what was sent whole is over, though its mark never came. */
  finishSent(): void {
    for (const speech of [...this.open.values()])
      if (speech.isGenerated && speech.source.isFinished) this.finish(speech);
  }

  /** The call is over. */
  finishAll(): void {
    for (const speech of [...this.open.values()]) {
      speech.isInterrupted ||= !speech.source.isFinished || !speech.isGenerated;
      this.finish(speech);
    }
  }

  private heard(id: string): void {
    const speech = this.open.get(id);
    if (!speech) return;
    this.finish(speech);
    this.options.onHeard(speech);
  }

  /** Tells the model what the caller heard of the items of an interrupted speech. */
  private settle(speech: AgentSpeech): void {
    speech.endedAtMs ??= this.options.streamMs() + this.options.playout.bufferedMs;
    for (const { item, isWhole } of speech.takeUnsettled()) {
      if (speech.isTurn && !speech.isForeign) this.options.sequencer.cut(item, isWhole);
    }
    if (speech.textItemId) this.replaceText(speech.textItemId, speech.words().heard);
    speech.textItemId = null;
  }

  /** A text item cannot be truncated: the words that were heard take its place. */
  private replaceText(id: string, heard: string): void {
    const { sequencer, model } = this.options;
    const place = id === GREETING_ITEM_ID ? ('root' as const) : id;
    if (heard) model.addItem({ id: `${id}-heard`, role: 'agent', text: heard, previousItemId: place });
    sequencer.remove(id);
  }

  private finish(speech: AgentSpeech): void {
    if (!this.open.delete(speech.source.id)) return;
    if (speech.isRemembered) this.options.onFinished(speech);
    speech.onOver?.();
  }
}
