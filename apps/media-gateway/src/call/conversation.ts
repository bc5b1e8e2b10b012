// Long on purpose: every transition of the call's one state machine stands in this file (RT12).
import { type RealtimeEvent } from '@frontdesk/speech';
import { type AgentSpeech } from './agent-speech';
import { CallerTurns, type CallerTurn } from './caller-turns';
import { Closing } from './closing';
import {
  type AgentState,
  type ConversationOptions,
  type DueWords,
  type FinishedTurn,
  type Leaving,
  type LiveGreeting,
} from './conversation-port';
import { agentTurn, callerTurn, greetingOutcome } from './finished-turns';
import { GreetingProtection } from './greeting-protection';
import { heardText, spokenBytesOf } from './heard-text';
import { ModelNotes } from './model-notes';
import { SecondTries } from './second-tries';
import { GREETING_ITEM_ID, Speeches } from './speeches';
import { TurnLog } from './turn-log';
import { type HistoryItem } from '../model/model-link';
import { type ResponseWish } from '../model/response-sequencer';
import { type Source } from '../playout/source';
import { OpenToolCalls } from '../tools/open-tool-calls';

const CUT_OFF_NOTE =
  'A fault cut you off in the middle of what you were saying. Go on from there, or greet if you had not said anything yet; do not say again what you have said.';
/**
 * Who speaks, what is active, what was heard: the one state machine of a call's conversation.
 *
 * The caller is QUIET or SPEAKING, as the model's VAD says. The agent is in one of:
 * - OPENING: nothing was said yet; the silence watch runs. → GREETING_PROTECTED at the greeting's first frame;
 *   → SILENT where there is none.
 * - GREETING_PROTECTED: the caller may speak without stopping it. At the window's end → GREETING.
 * - GREETING: as SPEAKING, with the greeting. A caller who was SPEAKING at the window's end and goes on is a barge-in;
 *   one who stopped is not. In these three the reply to a finished turn of the caller waits.
 *   Heard to its end → THINKING when a reply waits or a response is under way, else SILENT.
 * - SILENT: the agent has nothing to say. The caller's turn ends → THINKING. So does it when a tool has answered.
 * - THINKING: a response was asked for and is not audible yet; the silence watch runs. Its first frame → SPEAKING.
 * - SPEAKING: heard to its end → SILENT, or THINKING when more was asked for.
 * - CLOSING: the goodbye, not to be interrupted; heard to its end (or too late) → OVER, and the call is left.
 * - OVER: everything is ignored but transcripts that are late.
 * The caller begins to speak in GREETING, THINKING or SPEAKING, or in SILENT with a response under way or a phrase
 * playing: barge-in → SILENT. Elsewhere it is only noted.
 *
 * The silence watch (RT13) also runs where nothing is heard of the agent although it should be: in GREETING, SPEAKING
 * and THINKING with a response that does not go on, and in SILENT after speech that the VAD never closed, or without a
 * session that hears. While the caller is SPEAKING and the line is not quiet, nothing is due.
 * A session that takes the place of another (`modelReplaced`) changes no state: what was owed is asked for again.
 */
export class Conversation {
  private agent: AgentState = 'opening';
  private isReplyOwed = false;
  /** What has the model speak the greeting; null where there are frames. */
  private greetingWish: ResponseWish | null = null;
  private readonly caller = new CallerTurns();
  private readonly log = new TurnLog();
  private readonly speeches: Speeches;
  private readonly tools = new OpenToolCalls();
  private readonly notes: ModelNotes;
  private readonly protection: GreetingProtection;
  private readonly secondTries: SecondTries;
  private ownSpeeches = 0;
  private closing: Closing | undefined;

  constructor(private readonly options: ConversationOptions) {
    this.speeches = new Speeches({
      ...options,
      onHeard: (speech) => this.heard(speech),
      onFinished: (speech) => this.agentTurnOver(speech),
    });
    this.notes = new ModelNotes(options.model);
    this.secondTries = new SecondTries(options.clock);
    this.protection = new GreetingProtection({
      clock: options.clock,
      lineQuietMs: options.lineQuietMs,
      windowOver: () => this.protectionOver(),
      goesOn: () => this.bargeIn(options.clock.monotonicMs()),
    });
    options.silence.arm();
  }

  get state(): AgentState {
    return this.agent;
  }

  get speaking(): 'caller' | 'agent' | 'both' | 'nobody' {
    const isAgentHeard = this.options.playout.isAudible();
    if (this.caller.isSpeaking) return isAgentHeard ? 'both' : 'caller';
    return isAgentHeard ? 'agent' : 'nobody';
  }

  get isCallerHeard(): boolean {
    return this.caller.isSpeaking;
  }

  /** Nobody speaks, nobody waits, and nothing is under way. */
  get isQuiet(): boolean {
    const { sequencer, silence } = this.options;
    const isIdle = this.agent === 'silent' && sequencer.isQuiet && !this.tools.isWaiting;
    return isIdle && !silence.isArmed && this.speaking === 'nobody' && !this.caller.isTurnDue;
  }

  /** Turns of the caller whose transcript is still to come. */
  get awaitedTranscripts(): number {
    return this.caller.committedTurns().length;
  }

  /** Greets with frames at hand. The text enters the conversation as the agent's own words. */
  greetWithFrames(frames: Buffer, text: string): void {
    const greeting = this.greetLive(text);
    greeting.add(frames);
    greeting.complete();
  }

  /** Greets with frames that are still being made, given as they come. */
  greetLive(text: string): LiveGreeting {
    const speech = this.speeches.begin('greeting', GREETING_ITEM_ID, null, this.log.nextTurn());
    const item = speech.item(GREETING_ITEM_ID);
    item.text = text;
    speech.isForeign = true;
    speech.textItemId = GREETING_ITEM_ID;
    this.options.model.addItem({ id: GREETING_ITEM_ID, role: 'agent', text });
    return {
      add: (frames) => {
        speech.source.addShared(item, frames);
        this.options.playout.wake();
      },
      complete: () => this.speeches.generated(speech),
      breakOff: () => {
        item.text = heardText(text, item.generatedBytes, spokenBytesOf(text));
        if (this.speeches.breakOff(speech) && this.agent !== 'over') this.greetByModel(text);
      },
    };
  }

  /** Has the model speak the greeting itself: what it says is in the conversation anyway. */
  greetByModel(text: string): void {
    this.greetingWish = { instructions: `Say exactly: ${text}` };
    this.ask(this.greetingWish);
  }

  /**
   * Takes a call up again, without a greeting.
   * @param past what was said before, oldest first; the model is given it as text
   * @param note what has happened meanwhile and the agent is to speak about
   * @param enter adds what the caller has entered while the past was looked for: it stands behind the past
   */
  goOn(past: readonly HistoryItem[], note: string | null = null, enter: () => void = () => undefined): void {
    const kept = this.log.restore(past);
    kept.forEach(({ role, text }, index) => this.options.model.addItem({ id: `past-${index}`, role, text }));
    enter();
    this.options.silence.disarm();
    this.enter('silent');
    const last = kept.at(-1);
    // Nothing was heard to its end yet: the stream broke in the greeting.
    const wasCut = !last || (last.role === 'agent' && last.interrupted === true);
    const due = note ?? (wasCut ? CUT_OFF_NOTE : null);
    if (due) this.addNote(due);
    // The stream broke before the agent had finished: who waits for the other would wait for good. So would a caller who
    // has pressed keys meanwhile.
    if (due || last?.role === 'caller' || this.isReplyOwed) this.reply();
  }

  /** Something short that is no part of the conversation. It goes before what the agent cannot say yet. */
  playPhrase(name: string, frames: Buffer): void {
    if (this.agent !== 'over') this.play(this.beginPhrase(name, -1), name, frames);
  }

  /** The agent says something that the call wants said; the model knows that it was said. */
  say(words: DueWords): void {
    if (this.agent !== 'closing' && this.agent !== 'over') this.speak(words);
  }

  /** Keys for a machine at the other end: behind what is being said, and not stopped by speech. */
  playTones(mulaw: Buffer): Promise<void> {
    if (this.agent === 'over') return Promise.resolve();
    const speech = this.speeches.begin('tone', `tones:${++this.ownSpeeches}`, null, -1);
    return new Promise((resolve) => {
      speech.onOver = resolve;
      this.play(speech, 'tones', mulaw);
    });
  }

  /** The caller has entered something by keys: a turn like a spoken one. */
  keyed(keys: string): void {
    if (this.agent === 'over') return;
    const turn = this.log.nextTurn();
    const itemId = `keyed-${turn}`;
    const text = `[pressed the keys ${keys}]`;
    const atMs = this.options.streamMs();
    this.options.model.addItem({ id: itemId, role: 'caller', text });
    this.callerTurnOver({ turn, itemId, startedAtMs: atMs, endedAtMs: atMs }, text);
    // Who speaks now is answered at the end of the turn.
    if (this.caller.isSpeaking) return;
    switch (this.agent) {
      case 'opening':
      case 'greeting-protected':
      case 'greeting':
        this.isReplyOwed = true;
        return;
      case 'silent':
      case 'thinking':
        return this.reply();
      case 'speaking':
        return this.options.sequencer.request();
      case 'closing':
    }
  }

  /** A source's first frame went out. */
  started(source: Source): void {
    const speech = this.speeches.get(source.id);
    if (!speech || speech.startedAtMs !== null) return;
    speech.startedAtMs = this.options.streamMs();
    if (!speech.isTurn) return;
    this.options.silence.disarm();
    if (speech.kind === 'greeting') this.protectGreeting();
    else if (this.agent === 'thinking' || this.agent === 'silent') this.enter('speaking');
  }

  /** An event of the model. */
  handle(event: RealtimeEvent): void {
    if (this.agent === 'over' && event.kind !== 'caller-transcript') return;
    switch (event.kind) {
      case 'ready':
        return this.options.silence.sessionIsReady();
      case 'speech-started':
        return this.callerStarted(event.itemId);
      case 'speech-stopped':
        return this.caller.stopped(event.itemId, this.options.streamMs());
      case 'turn-committed':
        return this.turnCommitted(event.itemId);
      case 'caller-transcript':
        return this.transcribed(event);
      case 'response-created':
        this.notes.responseBegan();
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
        return this.responseDone(event);
      case 'error':
        if (this.options.sequencer.failed(event.problem, event.eventId)) this.askAgain();
        return;
      case 'truncated':
      case 'deleted':
      case 'closed':
    }
  }

  /** The model's session was replaced: what the old one generated plays, nothing more of it comes. */
  modelReplaced(): void {
    if (this.agent === 'over') return;
    const { sequencer, silence } = this.options;
    this.speeches.sessionReplaced();
    this.tools.sessionReplaced();
    this.notes.tellAgain(this.tools.names);
    // No transcript comes of what the old session heard; the new one has it as audio.
    for (const turn of this.caller.takeAll()) this.callerTurnOver(turn, '');
    const isAwaited = this.agent === 'thinking' || (this.agent === 'silent' && silence.isAnswerOwed);
    const owed = sequencer.restart() ?? (this.agent === 'opening' ? this.greetingWish : null);
    // A tool's answer is what goes on with it.
    if (owed || (isAwaited && !this.tools.isWaiting)) this.askNewSession(owed ?? {});
  }

  /** The conversation as it was heard, oldest first. */
  history(): HistoryItem[] {
    return this.log.history(this.speeches.words(), this.caller.committedTurns());
  }

  /** Called a few times a second: what depends on time passing. */
  beat(): void {
    if (this.agent === 'over') return;
    if (this.agent === 'closing') return this.leaveWhenHeard();
    if (!this.options.playout.isAudible()) this.nothingHeard();
    if (this.caller.isSpeaking && !this.wasEndMissed) return;
    // A tool takes its time: the wait for it is the call's to cover, and nothing to repair.
    if (this.tools.isWaiting) return;
    const due = this.options.silence.due();
    if (due) this.options.listener.agentSilent(due);
  }

  /**
   * A tool's answer: the agent goes on with it, once no other tool is running.
   * @param then `wait`: it is the other side's turn now
   */
  toolAnswered(callId: string, output: string, then: 'speak' | 'wait' = 'speak'): void {
    const { model, silence } = this.options;
    const { name, isOfThisSession } = this.tools.answered(callId);
    if (this.agent === 'over') return;
    const inWords = `The tool ${name} answered: ${output}`;
    if (isOfThisSession) {
      model.sendToolOutput(callId, output);
      this.notes.remember(inWords);
    } else this.addNote(inWords);
    if (this.agent === 'closing') return;
    // Who speaks now is answered with it at the end of the turn.
    if (this.caller.isSpeaking && this.agent === 'silent') return;
    silence.disarm();
    if (this.tools.isWaiting) return;
    if (then === 'speak') this.ask();
    else if (this.agent === 'thinking' && !this.options.sequencer.isBusy) this.enter('silent');
  }

  /**
   * The agent ends its part: after the goodbye, or at once when it has said it already.
   * @param goodbye said now, instead of whatever is being said; null: the model says it
   */
  close(leaving: Leaving, goodbye: DueWords | null = null): void {
    if (this.agent === 'closing' || this.agent === 'over') return;
    const { silence, clock } = this.options;
    this.closing = new Closing(leaving, clock.monotonicMs());
    if (goodbye) this.sayGoodbye(this.closing, goodbye);
    this.protection.cancel();
    this.secondTries.cancel();
    silence.disarm();
    this.enter('closing');
  }

  /**
   * No session can be had any more.
   * @returns whether the conversation ends by itself: who is leaving needs no model, only a goodbye that was prepared
   */
  modelLost(): boolean {
    if (this.agent !== 'closing') return this.agent === 'over';
    this.closing!.modelLost();
    this.leaveWhenHeard();
    return true;
  }

  /** The call did not leave after all: the agent has it again, and speaks about it. */
  stay(note: string): void {
    if (this.agent === 'over') return;
    this.addNote(note);
    if (this.agent === 'closing') this.enter('silent');
    if (this.closing?.isModelLost) return this.options.listener.agentSilent('fallback');
    // Who speaks now is answered with it at the end of the turn.
    if (!this.caller.isSpeaking) this.ask();
  }

  /** The call is over. What was said so far is told. */
  end(): void {
    if (this.agent === 'over') return;
    this.protection.cancel();
    this.secondTries.cancel();
    this.options.silence.disarm();
    this.speeches.finishAll();
    this.enter('over');
  }

  private speak({ name, frames, text, instructions }: DueWords): void {
    if (!frames) return this.ask({ instructions });
    const phrase = this.beginPhrase(name, this.log.nextTurn());
    phrase.item(name).text = text;
    phrase.textItemId = this.notes.said(text);
    this.play(phrase, name, frames);
  }

  private beginPhrase(name: string, turn: number): AgentSpeech {
    return this.speeches.begin('phrase', `${name}:${++this.ownSpeeches}`, null, turn);
  }

  /** All of a speech that was made before. */
  private play(speech: AgentSpeech, itemId: string, mulaw: Buffer): void {
    speech.source.addShared(speech.item(itemId), mulaw);
    this.speeches.generated(speech);
  }

  private protectGreeting(): void {
    this.enter('greeting-protected');
    this.options.listener.greetingProtected();
    this.protection.begin(this.options.greetingProtectMs);
  }

  /** @returns whether the caller speaks, and the greeting with it */
  private protectionOver(): boolean {
    if (this.agent === 'greeting-protected') this.enter('greeting');
    return this.agent === 'greeting' && this.caller.isSpeaking;
  }

  private greetingOver(): void {
    this.protection.cancel();
    if (this.isReplyOwed) this.reply();
    else if (this.options.sequencer.isQuiet) this.enter('silent');
    else this.think();
  }

  /** Nothing of the agent is heard: is that as it should be? */
  private nothingHeard(): void {
    const { sequencer, silence, model } = this.options;
    this.speeches.finishSent();
    switch (this.agent) {
      case 'greeting':
      case 'speaking':
        // The model does not go on, or a mark was lost.
        if (sequencer.isBusy) return silence.arm();
        return this.agent === 'greeting' ? this.greetingOver() : this.enter('silent');
      case 'thinking':
        return silence.arm();
      case 'silent':
        if (this.caller.isTurnDue || (this.caller.isSpeaking && this.wasEndMissed)) silence.arm();
        else if (!model.isReady) silence.arm('session');
        return;
      case 'opening':
      case 'greeting-protected':
      case 'closing':
      case 'over':
    }
  }

  private get wasEndMissed(): boolean {
    return this.caller.wasEndMissed(this.options.clock.monotonicMs(), this.options.lineQuietMs());
  }

  private callerStarted(itemId: string): void {
    const { clock, sequencer, streamMs } = this.options;
    const nowMs = clock.monotonicMs();
    this.caller.started(itemId, streamMs(), nowMs);
    switch (this.agent) {
      case 'greeting':
      case 'thinking':
      case 'speaking':
        return this.bargeIn(nowMs);
      case 'silent':
        if (sequencer.isBusy || this.speeches.isAnyToCome) this.bargeIn(nowMs);
        return;
      case 'opening':
      case 'greeting-protected':
      case 'closing':
      case 'over':
    }
  }

  private turnCommitted(itemId: string): void {
    this.caller.committed(itemId, this.log.nextTurn(), this.options.streamMs());
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

  /** The caller has finished a turn: the agent answers. */
  private reply(): void {
    this.isReplyOwed = false;
    this.secondTries.succeeded();
    this.think();
    this.options.sequencer.request();
  }

  private think(): void {
    this.enter('thinking');
    this.options.silence.arm();
  }

  /** The agent has something to say: now, or behind what it is saying. */
  private ask(wish: ResponseWish = {}): void {
    if (this.agent === 'silent' || this.agent === 'thinking') this.think();
    this.options.sequencer.request(wish);
  }

  /** What was under way goes on in a session that knows it only as text. */
  private askNewSession(wish: ResponseWish): void {
    const wasCutOff = this.speeches.isCutOff;
    if (wasCutOff) this.notes.tellCutOff();
    if (this.agent === 'silent') this.enter('thinking');
    if (this.agent === 'thinking') this.options.silence.arm();
    this.options.sequencer.request(wasCutOff ? {} : wish);
  }

  /** The response failed or was refused: a little later it may not be. */
  private askAgain(): void {
    // Beyond the last try the silence watch sees to it; of a goodbye, the leave itself.
    if (this.agent === 'closing') return;
    const { sequencer } = this.options;
    const wish = sequencer.lastWish;
    this.secondTries.failed(() => {
      const isGreetingOwed = this.agent === 'opening';
      const isAnswerOwed = this.agent === 'thinking' || this.agent === 'speaking';
      if (!sequencer.isQuiet) return;
      if (isGreetingOwed || (isAnswerOwed && !this.caller.isSpeaking)) sequencer.request(wish);
    });
  }

  private transcribed(event: Extract<RealtimeEvent, { kind: 'caller-transcript' }>): void {
    const turn = this.caller.take(event.itemId);
    if (turn) this.callerTurnOver(turn, event.text);
  }

  private audio({ responseId, itemId, mulaw }: Extract<RealtimeEvent, { kind: 'audio' }>): void {
    const speech = this.speechOf(responseId);
    if (!speech) return;
    this.secondTries.succeeded();
    this.options.silence.disarm();
    const item = speech.item(itemId);
    if (!speech.source.add(item, mulaw)) {
      // What the source holds will be heard, and nothing behind it.
      this.options.sequencer.stop(responseId);
      this.options.sequencer.truncate(item, item.generatedBytes - mulaw.length);
      speech.isOverlong = true;
      speech.source.complete();
    }
    this.options.playout.wake();
  }

  /** The speech of a response; undefined when the response was withheld before it said anything. */
  private speechOf(responseId: string): AgentSpeech | undefined {
    const known = this.speeches.get(responseId);
    if (known || this.options.sequencer.isWithheld(responseId)) return known;
    const isGreeting = this.greetingWish !== null && this.agent === 'opening';
    return this.speeches.begin(
      isGreeting ? 'greeting' : 'response',
      responseId,
      responseId,
      this.log.nextTurn(),
    );
  }

  private itemDone(responseId: string, itemId: string): void {
    const speech = this.speeches.get(responseId);
    if (speech) this.speeches.itemDone(speech, itemId);
    else if (this.options.sequencer.isWithheld(responseId)) this.options.sequencer.remove(itemId);
  }

  private responseDone({ responseId, status }: Extract<RealtimeEvent, { kind: 'response-done' }>): void {
    const { sequencer } = this.options;
    const speech = this.speeches.get(responseId);
    const isWithheld = sequencer.isWithheld(responseId);
    sequencer.done(responseId);
    if (speech) this.speeches.generated(speech);
    if (status === 'completed' && speech && speech.generatedBytes > 0) this.notes.spoken();
    if (this.agent === 'closing') return this.goodbyeDone(speech);
    const saidSomething = speech !== undefined || this.tools.isWaiting;
    const isUnfinished = status === 'failed' || (status !== 'cancelled' && !saidSomething);
    if (isUnfinished && !isWithheld && sequencer.isQuiet) this.askAgain();
  }

  /** A goodbye that came with the decision is enough; else it is asked for now. */
  private goodbyeDone(speech: AgentSpeech | undefined): void {
    const closing = this.closing!;
    // One that was cut for the goodbye is none.
    if (speech !== undefined && !speech.isInterrupted && speech.generatedBytes > 0) closing.said();
    else if (closing.ask()) this.options.sequencer.request();
    this.leaveWhenHeard();
  }

  /** Instead of whatever is being said. Without frames the model is asked for it. */
  private sayGoodbye(closing: Closing, goodbye: DueWords): void {
    this.options.sequencer.interrupt();
    this.speeches.cut();
    if (goodbye.frames) closing.saidPrepared();
    else closing.ask();
    this.speak(goodbye);
  }

  /** The caller heard a speech to its end. */
  private heard(speech: AgentSpeech): void {
    if (!speech.isTurn) return;
    if (this.agent === 'greeting-protected' || this.agent === 'greeting') return this.greetingOver();
    if (this.agent === 'closing') return this.leaveWhenHeard();
    // The next speech may follow without a pause: then the mark of the last one comes when it has begun already.
    if (this.agent !== 'speaking' || this.speeches.isAnySpoken) return;
    if (this.options.sequencer.isQuiet) this.enter('silent');
    else this.think();
  }

  /** The caller speaks over the agent, since `sinceMs`. */
  private bargeIn(sinceMs: number): void {
    const { sequencer, playout, clock, listener, silence } = this.options;
    const wasHeard = playout.isAudible() || sequencer.isBusy;
    const cancelled = sequencer.interrupt();
    this.isReplyOwed = false;
    this.protection.cancel();
    this.secondTries.cancel();
    silence.disarm();
    this.enter('silent');
    if (!wasHeard) return;
    const latencyMs = clock.monotonicMs() - sinceMs;
    const { responseId, item } = this.speeches.cut();
    listener.bargedIn({
      responseId: cancelled ?? responseId,
      itemId: item?.itemId ?? null,
      latencyMs: Math.round(latencyMs * 10) / 10,
      truncatedAtMs: Math.floor(item?.hearableMs ?? 0),
    });
  }

  /** All is known of what the agent said: it leaves as a turn. A phrase of ours is none, and is remembered all the same. */
  private agentTurnOver(speech: AgentSpeech): void {
    if (speech.kind === 'greeting') this.options.listener.greetingCompleted(greetingOutcome(speech));
    const turn = agentTurn(speech, this.options.streamMs());
    if (!turn) return;
    if (speech.isTurn) this.tellTurn(turn);
    else this.log.add(turn);
  }

  /** All is known of what the caller said. */
  private callerTurnOver(turn: CallerTurn, text: string): void {
    this.tellTurn(callerTurn(turn, turn.turn < 0 ? this.log.nextTurn() : turn.turn, text));
  }

  private tellTurn(turn: FinishedTurn): void {
    this.log.add(turn);
    this.options.listener.turnFinished(turn);
  }

  private toolCall({
    responseId,
    callId,
    name,
    argumentsJson,
  }: Extract<RealtimeEvent, { kind: 'tool-call' }>): void {
    if (this.options.sequencer.isWithheld(responseId)) return;
    this.tools.asked(callId, name);
    this.options.listener.toolCalled({ callId, name, argumentsJson });
  }

  private leaveWhenHeard(): void {
    const { sequencer, playout, clock, listener, preparedGoodbye } = this.options;
    const { closing } = this;
    const line = { isAudible: playout.isAudible(), isModelQuiet: sequencer.isQuiet };
    const due = closing?.due(clock.monotonicMs(), line);
    if (!closing || !due) return;
    const goodbye = due === 'say-prepared' ? preparedGoodbye() : null;
    if (goodbye?.frames) return this.sayGoodbye(closing, goodbye);
    closing.hasLeft = true;
    // A transfer may fail: until the stream stops the agent may have to stay.
    if (closing.leaving.kind === 'hang-up') this.end();
    listener.left(closing.leaving, closing.wasSaid);
  }

  /** Something that the model is to know, in this session and in one that takes its place before it spoke about it. */
  addNote(text: string): void {
    this.notes.add(text);
  }

  private enter(to: AgentState): void {
    if (this.agent === to) return;
    const from = this.agent;
    this.agent = to;
    this.options.listener.stateChanged(from, to);
  }
}
