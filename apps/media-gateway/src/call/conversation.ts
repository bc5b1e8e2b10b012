// Long on purpose: every transition of the call's one state machine stands in this file (RT12).
import { type Timer } from '@frontdesk/runtime';
import { type RealtimeEvent } from '@frontdesk/speech';
import { AgentSpeech, type SpeechKind } from './agent-speech';
import { CallerTurns } from './caller-turns';
import {
  type AgentState,
  type ConversationOptions,
  type FinishedTurn,
  type Leaving,
} from './conversation-port';
import { type HistoryItem } from '../model/model-link';
import { Source } from '../playout/source';

/** Longest time from a decision to end the call to its end, should the goodbye never come. */
const CLOSING_LIMIT_MS = 20_000;
/** Turns kept for a session that replaces a lost one. */
const MAX_HISTORY_TURNS = 200;
/** The id of the greeting's item in the conversation. */
export const GREETING_ITEM_ID = 'greeting';
/** The id of a speech that a new session was given as text while it still played. */
const textItemId = ({ turn }: AgentSpeech): string => `open-${turn}`;

/**
 * Who speaks, what is active, what was heard: the one state machine of a call's conversation.
 *
 * The caller is QUIET or SPEAKING, as the model's VAD says. The agent is in one of:
 * - OPENING: nothing was said yet. → GREETING_PROTECTED at the greeting's first frame; → SILENT where there is none.
 * - GREETING_PROTECTED: the caller may speak without stopping it. At the window's end → GREETING, and if the caller is
 *   SPEAKING at that moment, that is a barge-in.
 * - GREETING: as SPEAKING, with the greeting. In these three the reply to a finished turn of the caller waits.
 *   Heard to its end → THINKING when a reply waits, else SILENT.
 * - SILENT: the agent has nothing to say. The caller's turn ends → THINKING.
 * - THINKING: a response was asked for and is not audible yet; the silence watch runs. Its first frame → SPEAKING.
 * - SPEAKING: heard to its end → SILENT, or THINKING when more was asked for.
 * - CLOSING: the goodbye, not to be interrupted; heard to its end (or too late) → OVER, and the call is left.
 * - OVER: everything is ignored.
 * The caller begins to speak in GREETING, THINKING or SPEAKING: barge-in → SILENT. Elsewhere it is only noted.
 */
export class Conversation {
  private agent: AgentState = 'opening';
  private isCallerSpeaking = false;
  private callerSpokeAtMs = 0;
  private isReplyOwed = false;
  private isModelGreeting = false;
  private readonly speeches = new Map<string, AgentSpeech>();
  private restored: readonly HistoryItem[] = [];
  private readonly past: FinishedTurn[] = [];
  private readonly callerTurns = new CallerTurns();
  private turns = 0;
  private protection: Timer | undefined;
  private leaving: Leaving = { kind: 'hang-up' };
  private closingSinceMs = 0;
  private isGoodbyeSaid = false;

  constructor(private readonly options: ConversationOptions) {
    options.silence.arm();
  }

  get state(): AgentState {
    return this.agent;
  }

  get speaking(): 'caller' | 'agent' | 'both' | 'nobody' {
    const isAgentHeard = this.options.playout.isAudible();
    if (this.isCallerSpeaking) return isAgentHeard ? 'both' : 'caller';
    return isAgentHeard ? 'agent' : 'nobody';
  }

  get isCallerHeard(): boolean {
    return this.isCallerSpeaking;
  }

  /** Turns of the caller whose transcript is still to come. */
  get awaitedTranscripts(): number {
    return this.callerTurns.awaiting;
  }

  /** Greets with frames at hand. The text enters the conversation as the agent's own words. */
  greetWithFrames(frames: Buffer, text: string): void {
    const speech = this.begin('greeting', GREETING_ITEM_ID, null);
    const item = speech.item(GREETING_ITEM_ID);
    item.text = text;
    speech.textItemId = GREETING_ITEM_ID;
    this.options.model.addItem({ id: GREETING_ITEM_ID, role: 'agent', text });
    speech.source.add(item, frames);
    this.generated(speech);
  }

  /** Has the model speak the greeting itself: what it says is in the conversation anyway. */
  greetByModel(text: string): void {
    this.isModelGreeting = true;
    this.options.sequencer.request({ instructions: `Say exactly: ${text}` });
  }

  /**
   * Takes a call up again, without a greeting; `bridge` covers the gap.
   * @param past what was said before, oldest first; the model is given it as text
   */
  goOn(past: readonly HistoryItem[], bridge: Buffer | null): void {
    this.restored = past;
    past.forEach(({ role, text }, index) => this.options.model.addItem({ id: `past-${index}`, role, text }));
    this.options.silence.disarm();
    this.enter('silent');
    if (bridge) this.playPhrase('bridge', bridge);
    // The stream broke before the caller was answered: who waits for the other would wait for good.
    if (past.at(-1)?.role === 'caller') this.reply();
  }

  /** Something short that is no part of the conversation. */
  playPhrase(name: string, frames: Buffer): void {
    const speech = this.begin('phrase', `${name}:${this.turns}:${this.speeches.size}`, null);
    speech.source.add(speech.item(name), frames);
    this.generated(speech);
  }

  /** A source's first frame went out. */
  started(source: Source): void {
    const speech = this.speeches.get(source.id);
    if (!speech || speech.startedAtMs !== null) return;
    speech.startedAtMs = this.options.streamMs();
    if (speech.kind === 'phrase') return;
    this.options.silence.disarm();
    if (speech.kind === 'greeting') this.protectGreeting();
    else if (this.agent === 'thinking' || this.agent === 'silent') this.enter('speaking');
  }

  /** An event of the model. */
  handle(event: RealtimeEvent): void {
    if (this.agent === 'over' && event.kind !== 'caller-transcript') return;
    switch (event.kind) {
      case 'speech-started':
        return this.callerStarted(event.itemId);
      case 'speech-stopped':
        this.isCallerSpeaking = false;
        return this.callerTurns.stopped(event.itemId, this.options.streamMs());
      case 'turn-committed':
        return this.turnCommitted(event.itemId);
      case 'caller-transcript':
        return this.transcribed(event);
      case 'response-created':
        return this.options.sequencer.created(event.responseId);
      case 'audio':
        return this.audio(event);
      case 'agent-transcript': {
        const speech = this.speechOf(event.responseId);
        if (speech) speech.item(event.itemId).text += event.text;
        return;
      }
      case 'item-done':
        return this.itemDone(event.responseId, event.itemId);
      case 'tool-call':
        return this.toolCall(event);
      case 'response-done':
        return this.responseDone(event.responseId);
      case 'error':
        return this.options.sequencer.failed(event.code, event.eventId);
      case 'ready':
      case 'truncated':
      case 'deleted':
      case 'closed':
    }
  }

  /** The model's session was replaced: what the old one generated plays, nothing more of it comes. */
  modelReplaced(): void {
    if (this.agent === 'over') return;
    for (const speech of [...this.speeches.values()]) {
      if (speech.kind !== 'phrase') speech.textItemId = textItemId(speech);
      if (speech.responseId && !speech.isGenerated) this.generated(speech);
    }
    this.isCallerSpeaking = false;
    this.options.sequencer.restart();
  }

  /** The conversation as it was heard, oldest first. */
  history(): HistoryItem[] {
    const open = [...this.speeches.values()].filter(({ kind }) => kind !== 'phrase');
    const turns = [
      ...this.past.map(({ turn, speaker, heard }) => ({ turn, speaker, heard, id: undefined })),
      ...open.map((speech) => ({
        turn: speech.turn,
        speaker: 'agent' as const,
        heard: speech.words().heard,
        id: textItemId(speech),
      })),
    ];
    const now = turns
      .filter(({ heard }) => heard !== '')
      .sort((a, b) => a.turn - b.turn)
      .map(({ speaker, heard, id }) => ({ role: speaker, text: heard, ...(id && { id }) }));
    return [...this.restored, ...now];
  }

  /** Called a few times a second: what depends on time passing. */
  beat(): void {
    if (this.agent === 'over') return;
    if (this.agent === 'closing') return this.leaveWhenHeard();
    const isTalking = this.agent === 'greeting' || this.agent === 'speaking';
    if (isTalking && !this.options.playout.isAudible()) this.fellSilent();
    const due = this.isCallerSpeaking ? null : this.options.silence.due();
    if (due) this.options.listener.agentSilent(due);
  }

  /** A tool's answer: the agent goes on with it. */
  toolAnswered(callId: string, output: string): void {
    this.options.model.sendToolOutput(callId, output);
    if (this.agent === 'closing' || this.agent === 'over') return;
    this.options.sequencer.request();
  }

  /** The agent ends its part: after the goodbye, or at once when it has said it already. */
  close(leaving: Leaving): void {
    if (this.agent === 'closing' || this.agent === 'over') return;
    this.leaving = leaving;
    this.closingSinceMs = this.options.clock.monotonicMs();
    this.options.silence.disarm();
    this.enter('closing');
  }

  /** The call is over. What was said so far is told. */
  end(): void {
    if (this.agent === 'over') return;
    this.protection?.cancel();
    this.options.silence.disarm();
    for (const speech of [...this.speeches.values()]) {
      speech.isInterrupted ||= !speech.source.isFinished || !speech.isGenerated;
      this.finish(speech);
    }
    this.enter('over');
  }

  private protectGreeting(): void {
    this.enter('greeting-protected');
    this.options.listener.greetingProtected();
    this.protection = this.options.clock.setTimer(
      () => this.protectionOver(),
      this.options.greetingProtectMs,
    );
  }

  private protectionOver(): void {
    if (this.agent !== 'greeting-protected') return;
    this.enter('greeting');
    if (!this.isCallerSpeaking) return;
    this.callerSpokeAtMs = this.options.clock.monotonicMs();
    this.bargeIn();
  }

  private greetingOver(): void {
    this.protection?.cancel();
    if (this.isReplyOwed) this.reply();
    else this.enter('silent');
  }

  /** What was being said came to a stop without its end being heard: the model does not go on, or a mark was lost. */
  private fellSilent(): void {
    if (this.options.sequencer.isBusy) return this.options.silence.arm();
    if (this.agent === 'greeting') this.greetingOver();
    else this.enter('silent');
  }

  private callerStarted(itemId: string): void {
    this.isCallerSpeaking = true;
    this.callerSpokeAtMs = this.options.clock.monotonicMs();
    this.callerTurns.started(itemId, this.options.streamMs());
    if (this.agent === 'greeting' || this.agent === 'thinking' || this.agent === 'speaking') this.bargeIn();
    else if (this.agent === 'silent' && this.options.sequencer.isBusy) this.bargeIn();
  }

  private turnCommitted(itemId: string): void {
    this.isCallerSpeaking = false;
    this.callerTurns.committed(itemId, this.turns++, this.options.streamMs());
    switch (this.agent) {
      case 'opening':
      case 'greeting-protected':
      case 'greeting':
        this.isReplyOwed = true;
        return;
      case 'silent':
      case 'thinking':
      case 'speaking':
        return this.reply();
      case 'closing':
      case 'over':
    }
  }

  private reply(): void {
    this.isReplyOwed = false;
    this.enter('thinking');
    this.options.silence.arm();
    this.options.sequencer.request();
  }

  private transcribed(event: Extract<RealtimeEvent, { kind: 'caller-transcript' }>): void {
    const turn = this.callerTurns.take(event.itemId);
    if (!turn) return;
    const { startedAtMs, endedAtMs, itemId } = turn;
    const words = { said: event.text, heard: event.text, estimated: false, interrupted: false };
    const place = { turn: Math.max(0, turn.turn), itemId, speaker: 'caller' as const };
    this.tellTurn({ ...place, ...words, startedAtMs, endedAtMs });
  }

  private audio({ responseId, itemId, mulaw }: Extract<RealtimeEvent, { kind: 'audio' }>): void {
    const speech = this.speechOf(responseId);
    if (!speech) return;
    if (this.agent === 'speaking' || this.agent === 'greeting') this.options.silence.disarm();
    if (!speech.source.add(speech.item(itemId), mulaw)) {
      this.options.sequencer.interrupt();
      speech.source.complete();
    }
    this.options.playout.wake();
  }

  /** The speech of a response; undefined when the response was withheld before it said anything. */
  private speechOf(responseId: string): AgentSpeech | undefined {
    const known = this.speeches.get(responseId);
    if (known || this.options.sequencer.isWithheld(responseId)) return known;
    const isGreeting = this.isModelGreeting && this.agent === 'opening';
    return this.begin(isGreeting ? 'greeting' : 'response', responseId, responseId);
  }

  private begin(kind: SpeechKind, id: string, responseId: string | null): AgentSpeech {
    const source = new Source(kind, id, () => this.heard(id));
    const speech = new AgentSpeech(kind, source, responseId, kind === 'phrase' ? -1 : this.turns++);
    this.speeches.set(id, speech);
    this.options.playout.play(source);
    return speech;
  }

  private itemDone(responseId: string, itemId: string): void {
    const speech = this.speeches.get(responseId);
    if (!speech) {
      if (this.options.sequencer.isWithheld(responseId)) this.options.sequencer.remove(itemId);
      return;
    }
    speech.completeItem(speech.item(itemId));
    if (speech.isInterrupted) this.settle(speech);
    else this.options.playout.wake();
  }

  private responseDone(responseId: string): void {
    const speech = this.speeches.get(responseId);
    this.options.sequencer.done(responseId);
    if (speech) this.generated(speech);
    if (this.agent !== 'closing') return;
    // A goodbye that came with the decision is enough; else it is asked for now.
    if (speech && speech.generatedBytes > 0) this.isGoodbyeSaid = true;
    else if (!this.isGoodbyeSaid) this.askForGoodbye();
    this.leaveWhenHeard();
  }

  private askForGoodbye(): void {
    this.isGoodbyeSaid = true;
    this.options.sequencer.request();
  }

  private generated(speech: AgentSpeech): void {
    speech.isGenerated = true;
    speech.source.complete();
    if (speech.isInterrupted) this.finish(speech);
    else this.options.playout.wake();
  }

  private heard(id: string): void {
    const speech = this.speeches.get(id);
    if (!speech) return;
    this.finish(speech);
    if (speech.kind === 'phrase') return;
    if (this.agent === 'greeting-protected' || this.agent === 'greeting') return this.greetingOver();
    if (this.agent === 'closing') return this.leaveWhenHeard();
    if (this.agent !== 'speaking' || this.isAnotherStarted) return;
    if (this.options.sequencer.isQuiet) return this.enter('silent');
    this.enter('thinking');
    this.options.silence.arm();
  }

  /** The next speech follows without a pause: the mark of the last one comes when it has begun already. */
  private get isAnotherStarted(): boolean {
    return [...this.speeches.values()].some(
      ({ kind, startedAtMs }) => kind !== 'phrase' && startedAtMs !== null,
    );
  }

  /** The caller speaks over the agent: nothing that is not in the TX queue yet will be heard. */
  private bargeIn(): void {
    const { sequencer, playout, clock, listener } = this.options;
    const wasHeard = playout.isAudible() || sequencer.isBusy;
    const cancelled = sequencer.interrupt();
    this.isReplyOwed = false;
    this.options.silence.disarm();
    this.enter('silent');
    if (!wasHeard) return;
    const latencyMs = clock.monotonicMs() - this.callerSpokeAtMs;
    const cut = [...this.speeches.values()].filter(({ source }) => !source.isFinished);
    playout.interrupt();
    for (const speech of cut) {
      speech.isInterrupted = true;
      this.settle(speech);
    }
    const last = cut.findLast(({ kind }) => kind !== 'phrase');
    const item = last?.items.findLast(({ queuedBytes }) => queuedBytes > 0) ?? last?.items[0];
    listener.bargedIn({
      responseId: cancelled ?? last?.responseId ?? null,
      itemId: item?.itemId ?? null,
      latencyMs: Math.round(latencyMs * 10) / 10,
      truncatedAtMs: Math.floor(item?.queuedMs ?? 0),
    });
    for (const speech of cut) if (speech.isGenerated) this.finish(speech);
  }

  /** Tells the model what the caller heard of the items of an interrupted speech. */
  private settle(speech: AgentSpeech): void {
    speech.endedAtMs ??= this.options.streamMs() + this.options.playout.bufferedMs;
    for (const { item, isWhole } of speech.takeUnsettled()) {
      if (speech.kind !== 'phrase' && !speech.textItemId) this.options.sequencer.cut(item, isWhole);
    }
    if (speech.textItemId) this.replaceText(speech.textItemId, speech.words().heard);
    speech.textItemId = null;
  }

  /** A text item cannot be truncated: it gives way to the words that were heard. */
  private replaceText(id: string, heard: string): void {
    const { sequencer, model } = this.options;
    sequencer.remove(id);
    if (!heard) return;
    const place = id === GREETING_ITEM_ID ? { previousItemId: 'root' as const } : {};
    model.addItem({ id: `${id}-heard`, role: 'agent', text: heard, ...place });
  }

  /** All is known of a speech: it leaves as a turn. */
  private finish(speech: AgentSpeech): void {
    if (!this.speeches.delete(speech.source.id) || speech.kind === 'phrase') return;
    const words = speech.words();
    const endedAtMs = Math.round(speech.endedAtMs ?? this.options.streamMs());
    const { listener } = this.options;
    if (speech.kind === 'greeting')
      listener.greetingCompleted({
        totalMs: words.saidMs,
        heardMs: words.heardMs,
        complete: !speech.isInterrupted,
        text: words.said,
        heardText: words.heard,
      });
    if (speech.items.length === 0) return;
    this.tellTurn({
      turn: speech.turn,
      itemId: speech.items[0]!.itemId,
      speaker: 'agent',
      said: words.said,
      heard: words.heard,
      estimated: words.estimated,
      interrupted: speech.isInterrupted,
      startedAtMs: Math.round(speech.startedAtMs ?? endedAtMs),
      endedAtMs,
    });
  }

  private tellTurn(turn: FinishedTurn): void {
    this.past.push(turn);
    if (this.past.length > MAX_HISTORY_TURNS) this.past.shift();
    this.options.listener.turnFinished(turn);
  }

  private toolCall(event: Extract<RealtimeEvent, { kind: 'tool-call' }>): void {
    if (this.options.sequencer.isWithheld(event.responseId)) return;
    const { callId, name, argumentsJson } = event;
    this.options.listener.toolCalled({ callId, name, argumentsJson });
  }

  private leaveWhenHeard(): void {
    const waitedMs = this.options.clock.monotonicMs() - this.closingSinceMs;
    const isHeard = this.isGoodbyeSaid && this.options.sequencer.isQuiet && !this.options.playout.isAudible();
    if (!isHeard && waitedMs < CLOSING_LIMIT_MS) return;
    this.end();
    this.options.listener.left(this.leaving);
  }

  private enter(to: AgentState): void {
    if (this.agent === to) return;
    const from = this.agent;
    this.agent = to;
    this.options.listener.stateChanged(from, to);
  }
}
