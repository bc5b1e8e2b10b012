// Long: all that a stream, a model and a conversation tell of one call meets here, a few lines each.
import { type CallEventDetail } from '@frontdesk/contracts';
import { type Clock } from '@frontdesk/runtime';
import { type RealtimeEvent } from '@frontdesk/speech';
import { CallFigures, type EndReason } from './call-figures';
import { type CallScript, type CallSessionOptions } from './call-session-options';
import { Conversation } from './conversation';
import { FirstAudio } from './first-audio';
import { Greeter } from './greeter';
import { type ConversationListener, type Leaving } from './conversation-port';
import { tellModelError } from './model-errors';
import { Pause } from './pause';
import { type SilenceStep, SilenceWatch } from './silence-watch';
import { StreamHealth } from './stream-health';
import { CallEndings, transferNote } from '../endings/call-endings';
import { duePhrase } from '../endings/due-phrases';
import { KeyRate } from '../endings/key-rate';
import { KeyedInput } from '../endings/keyed-input';
import { CallerAudio } from '../model/caller-audio';
import { type HistoryItem, type ModelLinkListener, type Reopening } from '../model/model-link';
import { ResponseSequencer } from '../model/response-sequencer';
import { PlaybackLedger } from '../playout/playback-ledger';
import { Playout } from '../playout/playout';
import { READ_EVERY_MS } from '../playout/playout-clock';
import { type Source } from '../playout/source';
import { type MediaStreamListener } from '../streams/media-stream';
import { type LiveStream } from '../streams/stream-registry';
import { AgentTools } from '../tools/agent-tools';
import { type AskedTool } from '../tools/tool-runner';

const TX_METRICS_EVERY_MS = 10_000;
/** Transcripts of the caller's last words may come after the caller hung up. */
const LAST_TRANSCRIPTS_MS = 2000;
const OPTED_OUT_NOTE =
  'By this key the person asked not to be called again, and will not be. Confirm that in one short sentence, say goodbye and end the call.';
/** What a live view shows of the last turn, characters. */
const LAST_WORDS_LENGTH = 200;

/**
 * One stream of one call: owns its playout, its conversation and its model link, and turns what they tell into log
 * lines, events and requests. LIVE from the stream's start; LEAVING once we decided to end, transfer or redirect it;
 * OVER when the socket is closed (docs/closures.md says who closes whom).
 */
export class CallSession implements LiveStream, MediaStreamListener, ConversationListener, ModelLinkListener {
  readonly startedAt = new Date();
  readonly playout: Playout;
  private readonly startedAtMs: number;
  private readonly clock: Clock;
  private readonly ledger: PlaybackLedger;
  private readonly figures: CallFigures;
  private readonly conversation: Conversation;
  private readonly callerAudio: CallerAudio;
  private readonly ended = new AbortController();
  private readonly health: StreamHealth;
  private readonly greeter: Greeter;
  private readonly first: FirstAudio;
  private lastWords = '';
  private nextMetricsMs: number;
  private readonly endings: CallEndings;
  private readonly tools: AgentTools;
  private readonly keyedInput: KeyedInput;
  private readonly keyRate = new KeyRate();
  private readonly pause = new Pause();
  private isOver = false;
  /** Its place among those that the clock reads. */
  private reads: { leave(): void } | null = null;
  private isSuperseded = false;
  private isAbandoned = false;
  /** Set by {@link begin}. */
  private script: CallScript | null = null;
  /** Keys entered before it was known what was said in a call that is taken up again: told once it is, or at the end. */
  private readonly earlyKeys: (() => void)[] = [];
  /** A machine is left a message, or was. */
  private isMessage = false;

  constructor(private readonly options: CallSessionOptions) {
    const { clock, playoutClock, stream, settings, profile, link, generation } = options;
    this.clock = clock;
    this.startedAtMs = clock.monotonicMs();
    this.nextMetricsMs = this.startedAtMs + TX_METRICS_EVERY_MS;
    this.health = new StreamHealth({ stream, startedAtMs: this.startedAtMs, times: settings.mediaWatch });
    this.ledger = new PlaybackLedger(generation);
    this.playout = new Playout({
      clock,
      playoutClock,
      ledger: this.ledger,
      sink: stream,
      leadMs: settings.txLeadMs,
      maxFrames: settings.txQueueMaxFrames,
      listener: {
        started: (source) => this.sourceStarted(source),
        stalled: (gapMs) => this.stalled(gapMs),
        slowSend: (ms) => options.events.txSendSlow(ms),
        dropped: (total) => options.events.txDropped(total),
      },
    });
    this.figures = new CallFigures(this.playout, options.events, options.publisher);
    const phrases = {
      locale: profile.locale,
      frames: (name: string) => this.phrase(name),
      text: (name: string) => profile.phrases[name]?.text,
    };
    this.conversation = new Conversation({
      clock,
      playout: this.playout,
      sequencer: new ResponseSequencer(link),
      model: link,
      silence: new SilenceWatch(clock, settings.agentSilenceMs),
      greetingProtectMs: profile.greetingProtectMs ?? settings.greetingProtectMs,
      clearsLine: settings.bargeInClear,
      streamMs: () => this.streamMs(),
      lineQuietMs: () => this.callerAudio.quietMs(clock.monotonicMs()),
      listener: this,
      // A machine that records is not told goodbye in place of its message.
      preparedGoodbye: () => (this.isMessage ? null : duePhrase('goodbye', phrases)),
    });
    this.greeter = new Greeter({
      conversation: this.conversation,
      frames: options.frames,
      events: options.events,
      businessId: profile.id,
      ended: this.ended.signal,
    });
    const { record, carrier, events, publisher } = options;
    const { accountSid, startRecording } = options;
    const ended = this.ended.signal;
    const about = { record, businessId: profile.id, accountSid };
    this.first = new FirstAudio({ ...about, clock, generation, startRecording, events, publisher, ended });
    const call = { clock, conversation: this.conversation, record, events, publisher };
    this.endings = new CallEndings({
      ...call,
      carrier,
      phrases,
      silentCaller: profile.silentCaller,
      maxCallMs: settings.maxCallMs,
      closeStream: () => stream.close(),
    });
    this.tools = new AgentTools({
      ...call,
      business: profile,
      http: options.http,
      slowPhrase: () => this.phrase('slow-tool'),
    });
    this.keyedInput = new KeyedInput(clock, (keys) => this.keyed(keys));
    this.callerAudio = new CallerAudio(
      settings.modelAppendMs,
      (mulaw) => link.appendAudio(mulaw),
      () => this.conversation.isCallerHeard,
    );
  }

  get generation(): number {
    return this.options.generation;
  }
  get streamSid(): string {
    return this.options.streamSid;
  }
  streamMs(): number {
    return this.clock.monotonicMs() - this.startedAtMs;
  }

  /** The stream is accepted. A call that is taken up again is bridged at once: what was said in it takes time to come by. */
  open(): void {
    const { publisher, streamSid, generation } = this.options;
    publisher.publish('call.stream-started', { streamSid });
    this.readByClock();
    const bridge = generation > 1 && this.phrase('bridge');
    if (bridge) this.conversation.playPhrase('bridge', bridge);
  }

  /** All is known that the agent needs: greet, or go on, and tell the model who it is. */
  begin(script: CallScript, past: readonly HistoryItem[] = []): void {
    if (this.isOver) return;
    this.script = script;
    if (script.calledNumber) this.tools.calledNumber = script.calledNumber;
    const { profile, link, generation } = this.options;
    link.configure({
      instructions: script.instructions,
      voice: profile.voice,
      locale: profile.locale,
      tools: this.tools.definitions,
    });
    if (generation > 1) return this.resume(past);
    this.greeter.greet(script.greeting);
  }

  history(): ReturnType<Conversation['history']> {
    return this.conversation.history();
  }

  /** Called a few times a second, for all calls by one timer. */
  beat(): void {
    if (this.isOver) return;
    const nowMs = this.clock.monotonicMs();
    if (this.conversation.isCallerHeard) this.callerAudio.callerMaySpeakStill(nowMs);
    this.conversation.beat();
    this.tools.beat(nowMs);
    this.endings.beat(nowMs, this.keyedInput.isOpen);
    this.options.link.beat(this.conversation.isQuiet);
    // For whoever asks later how old a pause is.
    this.pauseMs();
    if (nowMs >= this.nextMetricsMs) {
      this.nextMetricsMs = nowMs + TX_METRICS_EVERY_MS;
      this.figures.tellRecent();
    }
    this.checkStream(nowMs);
  }

  // What Twilio's stream tells.

  start(): void {
    // Seen by whoever accepted the stream.
  }
  media(message: Uint8Array, from: number, to: number, timestampMs: number): boolean {
    const nowMs = Math.floor(this.clock.monotonicMs());
    this.health.media(nowMs);
    // What the clock reads, it reads behind what it has sent.
    if (!this.reads) this.options.playoutClock.catchUp(nowMs);
    return this.isOver || this.callerAudio.media(message, from, to, timestampMs, nowMs);
  }
  mark(name: string): void {
    this.health.markEchoed();
    this.ledger.heard(name);
  }
  dtmf(digit: string): void {
    if (this.isOver) return;
    if (!this.keyRate.take(this.clock.monotonicMs())) return this.options.events.dtmfDropped();
    this.options.publisher.publish('call.dtmf', { digit });
    this.endings.callerActed();
    this.keyedInput.press(digit);
  }
  stop(): void {
    const { record } = this.options;
    // The echo of our own close: the call lives, and another stream may have it already.
    if (this.isSuperseded || this.isAbandoned || record.isHandedOver) return this.closed();
    // Twilio ended the stream by itself: the caller hung up. A stream that breaks ends without this.
    if (record.phase === 'live' && record.session === this) record.phase = 'ended';
    this.over(
      this.endings.reason ?? (this.options.record.phase === 'redirecting' ? 'redirected' : 'caller-hung-up'),
    );
  }
  closed(): void {
    this.over(
      this.endings.reason ?? (this.options.record.phase === 'redirecting' ? 'redirected' : 'stream-lost'),
    );
  }

  // What the model tells.

  event(event: RealtimeEvent): void {
    try {
      this.options.playoutClock.catchUp(this.clock.monotonicMs());
      if (event.kind === 'response-done') this.figures.answered(event.usage);
      if (event.kind === 'ready') this.options.events.modelReady(this.streamMs());
      if (event.kind === 'error') tellModelError(event, this.options.events, this.options.publisher);
      if (event.kind === 'speech-started') this.endings.callerActed();
      this.conversation.handle(event);
    } catch (error) {
      this.options.events.wsHandlerError(error);
    }
  }
  reopened(reopening: Reopening): void {
    this.options.events.modelReopened(reopening);
    this.conversation.modelReplaced();
  }
  lost(reason: string): void {
    this.options.events.modelLost(reason);
    if (!this.conversation.modelLost()) this.options.redirect('agent-silent');
  }

  // What the conversation tells.

  stateChanged(from: string, to: string): void {
    this.options.events.state(from, to);
  }
  greetingProtected(): void {
    const { profile, settings, events } = this.options;
    events.greetingProtect(profile.greetingProtectMs ?? settings.greetingProtectMs);
  }
  greetingCompleted(outcome: CallEventDetail<'call.greeting-completed'>): void {
    const { heardMs, totalMs, complete } = outcome;
    this.options.events.greetingCompleted({ heardMs, totalMs, complete });
    this.options.publisher.publish('call.greeting-completed', outcome);
  }
  turnFinished(turn: CallEventDetail<'call.turn'>): void {
    if (turn.heard) this.lastWords = turn.heard.slice(-LAST_WORDS_LENGTH);
    const startedAtMs = Math.round(turn.startedAtMs);
    const endedAtMs = Math.round(turn.endedAtMs);
    this.options.publisher.publish('call.turn', { ...turn, startedAtMs, endedAtMs });
  }
  bargedIn(bargeIn: CallEventDetail<'call.barge-in'>): void {
    this.figures.bargeIns += 1;
    this.options.events.bargeIn(bargeIn);
    this.options.publisher.publish('call.barge-in', bargeIn);
  }
  toolCalled(asked: AskedTool): void {
    this.tools.run(asked);
  }
  agentSilent(due: SilenceStep): void {
    this.options.events.watchdog('WD_AGENT_SILENT', { due });
    if (due === 'fallback') return this.options.redirect('agent-silent');
    if (due === 'new-session') return this.options.link.reopen('agent-silent');
    const filler = this.phrase('slow-tool') ?? this.phrase('bridge');
    if (filler) this.conversation.playPhrase('filler', filler);
  }
  left(leaving: Leaving, wasSaid: boolean): void {
    if (this.isMessage && wasSaid)
      this.options.publisher.publish('call.message-left', { recordingSid: null });
    this.endings.left(leaving, this.options.profile.transferNumber);
  }

  // What others may ask.

  pauseMs(): number | null {
    const isQuiet = this.conversation.isQuiet && this.conversation.awaitedTranscripts === 0;
    return this.pause.look(isQuiet, this.clock.monotonicMs());
  }

  describe(): ReturnType<LiveStream['describe']> {
    return {
      speaking: this.conversation.speaking,
      queueDepth: this.playout.tx.depth,
      lastWords: this.lastWords,
    };
  }

  hangUp(): void {
    this.endings.hangUp();
  }
  transfer(to: string): void {
    this.endings.transfer(to);
  }

  leaveMessage(): boolean {
    if (this.isMessage) return true;
    const { script } = this;
    if (!script || this.isOver || this.conversation.state === 'closing') return false;
    const { key, text } = script.greeting;
    this.isMessage = true;
    // As a goodbye: said from its beginning, not stopped by what the machine says, heard to its end.
    const words = { name: 'message', frames: this.options.frames.get(key) ?? null, text };
    const goodbye = { ...words, instructions: `Say exactly: ${text}` };
    this.conversation.close({ kind: 'hang-up', reason: 'agent-ended' }, goodbye);
    return true;
  }

  supersede(): void {
    // One that has ended before was no rival: its end is told.
    if (this.isOver) return;
    this.isSuperseded = true;
    this.options.stream.close();
  }

  /** The process ends and cannot wait any longer, or nothing more can be done for the call on this stream. */
  abandon(): void {
    this.isAbandoned = true;
    this.options.stream.close(1001);
  }

  /** Keys that belong together: something for the agent, or the end of calls to this number (OU4). */
  private keyed(keys: string): void {
    const { profile, record } = this.options;
    const isOptOut = record.direction === 'outbound' && keys === profile.optOutKey;
    const hasOptedOut = isOptOut && this.tools.optOut('keyed');
    if (this.isOver) return;
    const tell = (): void => {
      if (hasOptedOut) this.conversation.addNote(OPTED_OUT_NOTE);
      this.conversation.keyed(keys);
    };
    if (this.script === null && this.generation > 1) this.earlyKeys.push(tell);
    else tell();
  }

  private tellEarlyKeys(): void {
    for (const tell of this.earlyKeys.splice(0)) tell();
  }

  /** Not by what comes: the process would be woken fifty times a second for each call. */
  private readByClock(): void {
    const { stream, playoutClock, settings } = this.options;
    if (!stream.canReadNow || settings.modelAppendMs < READ_EVERY_MS) return;
    this.reads = playoutClock.joinReads((nowMs) => {
      stream.readNow();
      if (settings.modelAppendMs === READ_EVERY_MS && !this.isOver)
        this.callerAudio.endOfRead(Math.floor(nowMs));
    });
  }

  private phrase(name: string): Buffer | undefined {
    return this.options.frames.get(this.options.profile.phrases[name]?.key ?? null);
  }

  private resume(past: readonly HistoryItem[]): void {
    const { publisher, transferOutcome } = this.options;
    if (transferOutcome) publisher.publish('call.transfer', { outcome: transferOutcome });
    else publisher.publish('call.resumed', { fromGeneration: this.generation - 1 });
    const note = transferOutcome && transferNote(transferOutcome);
    this.conversation.goOn(past, note, () => this.tellEarlyKeys());
  }

  private sourceStarted(source: Source): void {
    if (this.figures.firstAudioMs === null) this.firstAudio(source);
    this.conversation.started(source);
  }

  private firstAudio(source: Source): void {
    const latencyMs = Math.round(this.streamMs() * 10) / 10;
    this.figures.firstAudioMs = latencyMs;
    const kind =
      source.kind === 'greeting' ? this.greeter.source : source.kind === 'phrase' ? 'phrase' : 'model';
    this.first.sent(latencyMs, kind);
  }

  private stalled(gapMs: number): void {
    this.options.events.txStall(gapMs);
    this.options.publisher.publish('call.stalled', { gapMs: Math.round(gapMs) });
  }

  private checkStream(nowMs: number): void {
    const { stream, events, record } = this.options;
    const death = this.health.beat(nowMs);
    if (death === 'socket-dead') {
      events.wsStreamError('dead: pings unanswered, or the send buffer full');
      return stream.close();
    }
    if (!death || record.phase !== 'live') return;
    events.watchdog('WD_NO_MEDIA', { death });
    this.options.redirect(death);
  }

  private over(reason: EndReason): void {
    if (this.isOver) return;
    this.isOver = true;
    this.ended.abort();
    this.tools.close();
    this.endings.streamOver();
    this.keyedInput.close();
    this.tellEarlyKeys();
    this.conversation.end();
    const figures = this.figures.takeTotal();
    this.options.events.txQueueFlush(this.playout.close());
    this.options.stream.close();
    this.reads?.leave();
    this.reads = null;
    const durationMs = Math.round(this.streamMs());
    void this.lastTranscripts()
      .then(() => {
        this.options.link.close();
        if (!this.isSuperseded) this.figures.tellEnd(reason, durationMs, figures);
      })
      .catch((error: unknown) => this.options.events.failed('ending a call', error))
      .finally(() => this.options.onOver());
  }

  private async lastTranscripts(): Promise<void> {
    const until = this.clock.monotonicMs() + LAST_TRANSCRIPTS_MS;
    while (this.conversation.awaitedTranscripts > 0 && this.clock.monotonicMs() < until)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
