import { type Clock, type Timer } from '@frontdesk/runtime';
import {
  type ItemRole,
  type RealtimeEvent,
  type RealtimeModel,
  type RealtimeSession,
  type RealtimeSettings,
} from '@frontdesk/speech';
import { CallerMemory } from './caller-memory';

/**
 * How long after the loss of a session the next is opened, for each session in a row that did not last; the first at
 * once (RT10). After the last the model is lost: about 8 s where connections are refused.
 */
const AGAIN_AFTER_MS = [0, 250, 500, 1000, 2000, 4000];
/** A session that was ready for so long has lasted: one that ends at once would else be opened again without a pause. */
const LASTED_MS = 10_000;
/** How long before the provider's own limit a session is replaced: this, or a tenth of its life. */
const BEFORE_LIMIT_MS = 5 * 60_000;
/** A session that is due for replacement waits so long for a quiet moment. */
const QUIET_WITHIN_MS = 3 * 60_000;
/** Should the session that is to take over fail, the next is tried after this. */
const ROTATE_AGAIN_MS = 30_000;

export interface HistoryItem {
  readonly role: ItemRole;
  /** Empty for a caller's turn whose words are not known: then it is given as audio, if that is still held. */
  readonly text: string;
  /** Its id in the conversation, where it may have to be found again. */
  readonly id?: string;
  /** The caller's turn that it is. */
  readonly itemId?: string;
  /** It was cut before its end, or is not at its end. */
  readonly interrupted?: boolean | undefined;
}

/** A session took the place of another. */
export interface Reopening {
  readonly reason: string;
  /** Sessions in a row that did not last. */
  readonly attempt: number;
  /** Caller audio that the new session was given again. */
  readonly replayedMs: number;
  /** Caller audio that no session will hear, since the call began. */
  readonly droppedMs: number;
}

export interface ModelLinkListener {
  event(event: RealtimeEvent): void;
  /** A new session has the history and the caller's unanswered words: nothing else is under way in it. */
  reopened(reopening: Reopening): void;
  /** No session can be had. */
  lost(reason: string): void;
}

export interface ModelLinkOptions {
  readonly model: RealtimeModel;
  readonly listener: ModelLinkListener;
  /** The conversation so far. */
  readonly history: () => readonly HistoryItem[];
  readonly clock: Clock;
  /** [MODEL_SESSION_MAX_MS] A session is replaced at this age, or ahead of the provider's own limit. */
  readonly sessionMaxMs: number;
}

/** One session and how long it may be used; times are monotonic. */
interface Held {
  readonly session: RealtimeSession;
  readonly openedAtMs: number;
  rotateAtMs: number;
  readyAtMs: number | null;
}

/**
 * The model as one call sees it: a session that is replaced when it is lost, when it stays mute, and ahead of the
 * provider's limit. The new one gets the settings, the conversation so far, and the caller's audio that no session has
 * answered for; commands wait until it is ready. While there is none at all, commands are lost: who gave them hears of
 * the next session (`reopened`), and tells it what it must know.
 *
 * Lost: the next is opened at once, then at growing distances. Due for rotation: the next is opened beside the old one
 * and takes over once it is ready and nobody speaks, so that the caller's audio goes on without a gap.
 */
export class ModelLink {
  private held: Held;
  private next: Held | null = null;
  private settings: RealtimeSettings | undefined;
  private failures = 0;
  private isClosed = false;
  private again: Timer | undefined;
  private readonly memory = new CallerMemory();

  constructor(private readonly options: ModelLinkOptions) {
    this.held = this.open();
  }

  /** The session is configured and hears. */
  get isReady(): boolean {
    return !this.again && this.held.session.isReady;
  }

  configure(settings: RealtimeSettings): void {
    this.settings = settings;
    this.held.session.configure(settings);
  }

  /** @param mulaw read before this returns */
  appendAudio(mulaw: Buffer): void {
    if (this.isClosed) return;
    this.memory.append(mulaw);
    if (!this.again) this.held.session.appendAudio(mulaw);
  }
  createResponse(options?: { instructions?: string }): string {
    return this.held.session.createResponse(options);
  }
  cancelResponse(responseId: string): string {
    return this.held.session.cancelResponse(responseId);
  }
  truncateItem(itemId: string, audioEndMs: number): string {
    return this.held.session.truncateItem(itemId, audioEndMs);
  }
  deleteItem(itemId: string): string {
    return this.held.session.deleteItem(itemId);
  }
  addItem(item: Parameters<RealtimeSession['addItem']>[0]): string {
    return this.held.session.addItem(item);
  }
  sendToolOutput(callId: string, output: string): string {
    return this.held.session.sendToolOutput(callId, output);
  }

  /** Replaces the session, e.g. one that stays mute. */
  reopen(reason: string): void {
    this.forgetFailures();
    this.openAgain(reason);
  }

  /**
   * Called a few times a second.
   * @param isQuiet nobody speaks and nothing is under way
   */
  beat(isQuiet: boolean): void {
    const nowMs = this.options.clock.monotonicMs();
    if (this.isClosed || this.again || !this.settings || nowMs < this.held.rotateAtMs) return;
    if (!this.next) {
      this.next = this.open();
      this.next.session.configure(this.settings);
    }
    if (!this.next.session.isReady) return;
    if (!isQuiet && nowMs < this.held.rotateAtMs + QUIET_WITHIN_MS) return;
    this.forgetFailures();
    this.replace('rotation');
  }

  /** Idempotent. */
  close(): void {
    this.isClosed = true;
    this.again?.cancel();
    this.next?.session.close();
    this.held.session.close();
  }

  private openAgain(reason: string): void {
    if (this.isClosed || this.again) return;
    if (this.next?.session.isReady) return this.replace(reason);
    const delayMs = AGAIN_AFTER_MS[this.failures];
    this.failures += 1;
    if (delayMs === undefined) {
      this.close();
      return this.options.listener.lost(reason);
    }
    if (delayMs === 0) return this.replace(reason);
    this.memory.lost();
    this.again = this.options.clock.setTimer(() => {
      this.again = undefined;
      this.replace(reason);
    }, delayMs);
  }

  private replace(reason: string): void {
    const old = this.held;
    this.held = this.next ?? this.open();
    const wasPrepared = this.held === this.next;
    this.next = null;
    old.session.close();
    if (this.settings) {
      if (!wasPrepared) this.held.session.configure(this.settings);
      this.restore(this.held.session);
    }
    const replayed = this.memory.replay();
    const replayedMs = Math.round(this.memory.givenMs);
    for (const audio of replayed) this.held.session.appendAudio(audio);
    if (this.held.session.isReady) this.memory.ready();
    this.options.listener.reopened({
      reason,
      attempt: this.failures,
      replayedMs,
      droppedMs: Math.round(this.memory.droppedMs),
    });
  }

  private open(): Held {
    const { clock, model, sessionMaxMs } = this.options;
    const openedAtMs = clock.monotonicMs();
    const session: RealtimeSession = model.open((event) => {
      if (this.isClosed) return;
      if (session === this.held.session) this.told(event);
      else if (session === this.next?.session) this.toldByNext(event);
    });
    return { session, openedAtMs, rotateAtMs: openedAtMs + sessionMaxMs, readyAtMs: null };
  }

  private told(event: RealtimeEvent): void {
    const { memory } = this;
    switch (event.kind) {
      case 'closed':
        // What cannot get better by trying is lost at once.
        if (!event.isRetryable) this.failures = AGAIN_AFTER_MS.length;
        else this.forgetFailures();
        return this.openAgain(event.reason);
      case 'ready':
        this.heldIsReady(this.held, event.expiresAtMs);
        memory.ready();
        break;
      case 'speech-started':
        memory.speechStarted(event.itemId, event.audioStartMs);
        break;
      case 'speech-stopped':
        memory.speechStopped(event.itemId, event.audioEndMs);
        break;
      case 'turn-committed':
        memory.committed(event.itemId);
        break;
      case 'caller-transcript':
        if (event.status === 'final') memory.transcribed(event.itemId);
        break;
      default:
    }
    this.options.listener.event(event);
  }

  private toldByNext(event: RealtimeEvent): void {
    if (event.kind === 'ready') this.heldIsReady(this.next!, event.expiresAtMs);
    if (event.kind !== 'closed') return;
    this.next = null;
    this.held.rotateAtMs = this.options.clock.monotonicMs() + ROTATE_AGAIN_MS;
  }

  /** The provider's own limit may come before ours. */
  private heldIsReady(held: Held, expiresAtMs: number | null): void {
    const { clock } = this.options;
    held.readyAtMs = clock.monotonicMs();
    if (expiresAtMs === null) return;
    const lifeMs = expiresAtMs - clock.now() + clock.monotonicMs() - held.openedAtMs;
    if (lifeMs <= 0) return;
    const usedMs = lifeMs - Math.min(BEFORE_LIMIT_MS, lifeMs / 10);
    held.rotateAtMs = Math.min(held.rotateAtMs, held.openedAtMs + usedMs);
  }

  private forgetFailures(): void {
    const { readyAtMs } = this.held;
    if (this.again || readyAtMs === null) return;
    if (this.options.clock.monotonicMs() - readyAtMs >= LASTED_MS) this.failures = 0;
  }

  private restore(session: RealtimeSession): void {
    let index = 0;
    for (const { id, role, text, itemId } of this.options.history()) {
      const audio = text === '' && itemId ? this.memory.audioOf(itemId) : null;
      if (text === '' && !audio) continue;
      session.addItem({ id: id ?? `past-${++index}`, role, text, ...(audio && { audio }) });
    }
  }
}
