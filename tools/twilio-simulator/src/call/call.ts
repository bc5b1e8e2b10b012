import type { FaultSubject } from '../faults/fault-registry';
import { Hearing } from '../line/hearing';
import { Line } from '../line/line';
import { CallBook } from '../book/call-book';
import { ScriptPlayer } from '../script/script-player';
import type { Step } from '../script/steps';
import { callParameters } from './call-parameters';
import { type CallStatus, type FinalStatus, isFinal } from './call-status';
import { type CallProgressEvent, StatusCallbacks, type StatusCallbackTarget } from './status-callbacks';
import type { CallWorld } from './call-world';

/** A media stream, as its call sees it. */
export interface CallStream {
  dtmf(digit: string): void;
  figures(): Record<string, unknown>;
}

export type CallDirection = 'inbound' | 'outbound-api' | 'outbound-dial';

export interface CallInit {
  readonly sid: string;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly parentCallSid?: string;
  readonly script: readonly Step[];
  readonly status: CallStatus;
  readonly statusCallback?: StatusCallbackTarget | undefined;
  /** Seconds after the answer at which Twilio hangs up. */
  readonly timeLimitS?: number;
}

/** The account's cap: four hours. */
const MAX_CALL_S = 14_400;

/**
 * One leg. queued → ringing → in-progress → a final status, which never changes again; audio exists from
 * {@link answer} to {@link end}. What the call does is decided elsewhere: instructions by its program, the far end by
 * its script.
 */
export class Call {
  readonly sid: string;
  readonly direction: CallDirection;
  readonly from: string;
  readonly to: string;
  readonly parentCallSid: string | undefined;
  readonly createdAtMs: number;
  readonly book: CallBook;
  readonly history: { atMs: number; status: CallStatus }[] = [];
  readonly streams: CallStream[] = [];
  readonly recordingSids: string[] = [];
  readonly hearing: Hearing;
  /** Resolves with the final status. */
  readonly ended: Promise<FinalStatus>;
  status: CallStatus;
  dialledAtMs: number | undefined;
  answeredAtMs: number | undefined;
  endedAtMs: number | undefined;
  sipResponseCode: number | undefined;
  answeredBy: string | null = null;
  line: Line | undefined;
  script: ScriptPlayer | undefined;
  private scriptSteps: readonly Step[];
  private timeLimitS: number;
  private timeLimitTimer: { cancel(): void } | undefined;
  private readonly callbacks: StatusCallbacks;
  private readonly digitListeners = new Set<(digit: string) => void>();
  private readonly endListeners: ((byFarEnd: boolean) => void)[] = [];
  private resolveEnded!: (status: FinalStatus) => void;

  constructor(
    private readonly world: CallWorld,
    private readonly init: CallInit,
  ) {
    this.sid = init.sid;
    this.direction = init.direction;
    this.from = init.from;
    this.to = init.to;
    this.parentCallSid = init.parentCallSid;
    this.createdAtMs = world.clock.now();
    this.book = new CallBook(world.clock);
    this.hearing = new Hearing(world.clock);
    this.status = init.status;
    this.scriptSteps = init.script;
    this.timeLimitS = Math.min(init.timeLimitS ?? MAX_CALL_S, MAX_CALL_S);
    this.ended = new Promise((resolve) => (this.resolveEnded = resolve));
    this.callbacks = new StatusCallbacks({
      target: init.statusCallback,
      webhooks: world.webhooks,
      faults: world.faults,
      callSid: this.sid,
      to: this.to,
      book: this.book,
    });
    this.history.push({ atMs: this.createdAtMs, status: this.status });
  }

  get accountSid(): string {
    return this.world.accountSid;
  }

  /** What faults for this call are matched against. */
  get subject(): FaultSubject {
    return { callSid: this.sid, to: this.to };
  }

  get isOver(): boolean {
    return isFinal(this.status);
  }

  /** Talking time so far or altogether, whole seconds as Twilio bills them. */
  get durationS(): number {
    if (this.answeredAtMs === undefined) return 0;
    const untilMs = this.endedAtMs ?? this.world.clock.now();
    return Math.max(0, Math.round((untilMs - this.answeredAtMs) / 1000));
  }

  /** The far end's behaviour, when it is known only at the moment of dialling. */
  setScript(steps: readonly Step[]): void {
    this.scriptSteps = steps;
  }

  /** Twilio begins to dial. */
  initiated(): void {
    this.dialledAtMs ??= this.world.clock.now();
    this.emit('initiated', { CallStatus: 'initiated' });
  }

  ringing(): void {
    if (this.isOver) return;
    this.dialledAtMs ??= this.world.clock.now();
    this.setStatus('ringing');
    this.emit('ringing');
  }

  /** Opens the line; idempotent. */
  answer(): void {
    if (this.isOver || this.line) return;
    this.answeredAtMs = this.world.clock.now();
    this.dialledAtMs ??= this.createdAtMs;
    this.setStatus('in-progress');
    this.script = new ScriptPlayer(this.scriptSteps, this.hearing, this.world.clock, {
      note: (type, fields) => void this.book.note(type, fields),
      dtmf: (digit) => this.dial(digit),
      hangUp: () => this.end('completed', { byFarEnd: true }),
    });
    this.line = new Line(this.world.mediaClock, this.script, this.hearing);
    this.limitTime(this.timeLimitS);
    this.emit('answered');
  }

  /** Replaces the limit of the whole call, in seconds after the answer. */
  limitTime(seconds: number): void {
    this.timeLimitS = seconds;
    this.timeLimitTimer?.cancel();
    if (this.answeredAtMs === undefined || this.isOver) return;
    const leftMs = this.answeredAtMs + seconds * 1000 - this.world.clock.now();
    this.timeLimitTimer = this.world.clock.setTimer(() => this.end('completed'), Math.max(0, leftMs));
  }

  /** A digit from the far end, to whoever listens and to the open stream. */
  dial(digit: string): void {
    for (const listener of [...this.digitListeners]) listener(digit);
    for (const stream of this.streams) stream.dtmf(digit);
  }

  onDigit(listener: (digit: string) => void): () => void {
    this.digitListeners.add(listener);
    return () => this.digitListeners.delete(listener);
  }

  /** Runs when the call ends, before its status callback. */
  onEnd(listener: (byFarEnd: boolean) => void): void {
    this.endListeners.push(listener);
  }

  /** Ends the call; a second end is ignored. */
  end(
    requested: FinalStatus,
    o: { byFarEnd?: boolean; sipResponseCode?: number; silent?: boolean } = {},
  ): void {
    if (this.isOver) return;
    // Who rings off before the answer was never connected.
    const isAbandoned = requested === 'completed' && this.answeredAtMs === undefined && o.byFarEnd;
    const status = isAbandoned ? 'canceled' : requested;
    this.endedAtMs = this.world.clock.now();
    this.sipResponseCode = o.sipResponseCode;
    this.timeLimitTimer?.cancel();
    this.setStatus(status);
    this.book.note('hangup', { by: o.byFarEnd ? 'far-end' : 'twilio', status });
    for (const listener of this.endListeners) listener(o.byFarEnd ?? false);
    this.line?.close();
    if (!o.silent) this.emit('completed', this.finalParameters());
    this.resolveEnded(status);
  }

  private finalParameters(): Record<string, string> {
    return {
      CallDuration: String(this.durationS),
      ...(this.status === 'completed' ? { Duration: String(Math.ceil(this.durationS / 60)) } : {}),
      ...(this.sipResponseCode ? { SipResponseCode: String(this.sipResponseCode) } : {}),
      ...(this.init.direction === 'outbound-api' ? this.world.recordingParameters(this.sid) : {}),
    };
  }

  private setStatus(status: CallStatus): void {
    this.status = status;
    this.history.push({ atMs: this.world.clock.now(), status });
    this.book.note('status', { status });
    this.world.calls.changed(this);
  }

  private emit(event: CallProgressEvent, extra: Record<string, string> = {}): void {
    this.callbacks.emit(event, { ...callParameters(this), ...extra }, new Date(this.world.clock.now()));
  }
}
