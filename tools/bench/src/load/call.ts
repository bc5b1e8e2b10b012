import { CallerLeg, type CallerLegListener, type CallerLegOptions } from './caller-leg';
import { FRAME_MS, GREETING_SLOT, loudFrame, stampedAudio } from './frame-stamp';
import { Heard } from './heard';
import { type Interruption } from './interruption';
import { type Measures } from './measures';
import { type ClientEvent, type ModelSession, type ModelSessionListener } from './model-session';
import { ModelVoice, type Response } from './model-voice';
import { type Paced } from './pacer';
import { type Script, ScriptStuck } from './scripts/script';

const MAX_STEPS_AT_ONCE = 8;

export interface CallOptions {
  readonly number: number;
  readonly leg: Omit<CallerLegOptions, 'listener' | 'silentBase64' | 'speakingBase64'>;
  readonly measures: () => Measures;
  readonly script: (call: Call) => Script;
  readonly greetingFrames: number;
  /** The forwarder does not ask for responses: the model answers by itself. */
  readonly answersItself: boolean;
  readonly onOver: (call: Call) => void;
}

/** One call of the generator: both of its ends, and what a script has them do. */
export class Call implements CallerLegListener, ModelSessionListener, Paced {
  readonly leg: CallerLeg;
  readonly greeting: Heard;
  session: ModelSession | null = null;
  voice: ModelVoice | null = null;
  startedAtMs: number | null = null;
  private readonly script: Script;
  private readonly interruptions: Interruption[] = [];
  private isOver = false;
  private isHangingUp = false;
  private speeches = 0;
  private condition: (() => boolean) | null = null;
  /** Monotonic time of what is being handled now. */
  nowMs = performance.now();

  constructor(private readonly options: CallOptions) {
    this.greeting = new Heard(GREETING_SLOT, options.greetingFrames);
    const [high, low] = [options.number >> 16, options.number & 0xffff];
    this.leg = new CallerLeg({
      ...options.leg,
      silentBase64: stampedAudio(high, low, 1).toString('base64'),
      speakingBase64: loudFrame(high, low).toString('base64'),
      listener: this,
    });
    this.script = options.script(this);
  }

  get number(): number {
    return this.options.number;
  }

  get hasEnded(): boolean {
    return this.isOver;
  }

  attach(session: ModelSession): void {
    this.session = session;
    this.voice = new ModelVoice(session);
    session.attach(this);
  }

  due(nowMs: number): void {
    this.nowMs = nowMs;
    this.leg.due(nowMs);
    this.voice?.due(nowMs);
    while (this.interruptions.length > 0 && this.interruptions[0]!.isRipe(nowMs))
      this.interruptions.shift()!.settle(this.options.measures());
    if (this.voice) this.runScript();
  }

  hangUp(): void {
    this.isHangingUp = true;
    this.leg.hangUp();
  }

  // What scripts do.

  callerSpeaks(): void {
    this.leg.isSpeaking = true;
    this.voice?.event(
      'input_audio_buffer.speech_started',
      `"item_id":"item_c${++this.speeches}","audio_start_ms":${this.session?.audioMs ?? 0}`,
    );
  }

  /** The caller speaks over the agent. */
  interrupt(interruption: Interruption): void {
    this.interruptions.push(interruption);
    this.callerSpeaks();
  }

  callerStops(): void {
    this.leg.isSpeaking = false;
    const item = `"item_id":"item_c${this.speeches}"`;
    this.voice?.event(
      'input_audio_buffer.speech_stopped',
      `${item},"audio_end_ms":${this.session?.audioMs ?? 0}`,
    );
    this.voice?.event('input_audio_buffer.committed', `${item},"previous_item_id":null`);
    this.voice?.event(
      'conversation.item.added',
      `"item":{"id":"item_c${this.speeches}","type":"message","role":"user","content":[]}`,
    );
    this.voice?.event(
      'conversation.item.input_audio_transcription.completed',
      `${item},"content_index":0,"transcript":"what the caller said"`,
    );
    if (this.options.answersItself) this.voice?.ask(this.nowMs, undefined);
  }

  /** A greeting that had to play on did not. */
  protectedGreetingCut(): void {
    this.options.measures().counts.protectedGreetingsCut += 1;
  }

  isHeardToEnd(heard: Heard): boolean {
    return heard.isWhole && this.nowMs >= heard.playedOutAtMs;
  }

  // What the streams tell.

  started(nowMs: number): void {
    this.startedAtMs = nowMs;
    this.options.measures().counts.callsStarted += 1;
  }

  media(nowMs: number, frames: number, stamps: readonly number[]): void {
    const measures = this.options.measures();
    this.nowMs = nowMs;
    measures.counts.frames += frames;
    const heard = this.heardOf(stamps[0]! >> 16);
    if (!heard) {
      measures.counts.framesUnknown += frames;
      return;
    }
    if (heard.firstArrivalMs === null && heard === this.greeting && this.startedAtMs !== null)
      measures.firstAudio.add(nowMs - this.startedAtMs);
    this.checkOrder(heard, stamps, measures);
    this.play(heard, nowMs, frames, measures);
    for (const interruption of this.interruptions) interruption.arrived(heard, frames, nowMs);
    if (heard.isWhole) measures.said(heard);
  }

  command(event: ClientEvent, nowMs: number): void {
    const voice = this.voice!;
    this.nowMs = nowMs;
    switch (event.type) {
      case 'response.create':
        return voice.ask(nowMs, event.event_id);
      case 'response.cancel':
        return this.cancelled(voice.cancel(event.response_id, nowMs, event.event_id), nowMs);
      case 'conversation.item.truncate': {
        const response = voice.ofItem(event.item_id);
        if (response) response.truncatedAtMs = Number(event.audio_end_ms);
        const fields = `"item_id":"${String(event.item_id)}","content_index":0,"audio_end_ms":${Number(event.audio_end_ms)}`;
        return voice.event('conversation.item.truncated', fields);
      }
      case 'conversation.item.delete': {
        const response = voice.ofItem(event.item_id);
        if (response) response.isDeleted = true;
        return voice.event('conversation.item.deleted', `"item_id":"${String(event.item_id)}"`);
      }
      case 'conversation.item.create':
        return voice.event('conversation.item.added', `"item":${JSON.stringify(event.item)}`);
    }
  }

  /** One of the two streams ended. */
  ended(reason = 'the model session was closed'): void {
    if (this.isOver) return;
    this.isOver = true;
    if (!this.isHangingUp) {
      this.options.measures().broke(reason);
      this.leg.hangUp();
    }
    this.options.onOver(this);
  }

  private cancelled(response: Response | undefined, nowMs: number): void {
    const measures = this.options.measures();
    if (!response) return;
    if (response.cancels > 1) measures.counts.cancelsRepeated += 1;
    const interruption = this.interruptions.find(({ active }) => active === response);
    interruption?.cancelArrived(nowMs);
    if (response.doneAtMs === null) return;
    if (interruption && response.doneAtMs >= interruption.saidAtMs) measures.counts.cancelsCrossed += 1;
    else measures.counts.cancelsAfterDone += 1;
  }

  private heardOf(slot: number): Heard | undefined {
    if (slot === GREETING_SLOT) return this.greeting;
    return this.voice?.past.findLast((response) => response.slot === slot);
  }

  private checkOrder(heard: Heard, stamps: readonly number[], measures: Measures): void {
    for (let frame = 0; frame < stamps.length; frame++)
      if (stamps[frame] !== heard.slot * 65_536 + heard.receivedFrames + frame)
        measures.counts.framesOutOfOrder += 1;
  }

  /** Twilio's buffer: it plays without a pause what it has, and a pause within something said is heard. */
  private play(heard: Heard, nowMs: number, frames: number, measures: Measures): void {
    const { leg } = this;
    if (heard.receivedFrames > 0) {
      measures.gaps.add(nowMs - heard.lastArrivalMs);
      if (nowMs > leg.playedOutAtMs) {
        measures.counts.underruns += 1;
        measures.underrunMs += nowMs - leg.playedOutAtMs;
      }
    }
    leg.playedOutAtMs = Math.max(leg.playedOutAtMs, nowMs) + frames * FRAME_MS;
    heard.arrived(nowMs, frames, leg.playedOutAtMs);
  }

  private runScript(): void {
    try {
      for (let steps = 0; steps < MAX_STEPS_AT_ONCE && !this.isOver; steps++) {
        if (this.condition && !this.condition()) return;
        const next = this.script.next();
        if (next.done) return this.hangUp();
        this.condition = next.value;
      }
    } catch (error) {
      if (!(error instanceof ScriptStuck)) throw error;
      this.options.measures().broke(error.message);
      this.hangUp();
    }
  }
}
