import { type Clock, type Timer } from '@frontdesk/runtime';
import {
  type ItemRole,
  type RealtimeEvent,
  type RealtimeModel,
  type RealtimeSession,
  type RealtimeSettings,
} from '@frontdesk/speech';

/**
 * How long after the loss of a session the next is opened, for each session in a row that did not become ready. After
 * the last the model is lost: within about 1 s where connections are refused (RT10).
 */
const AGAIN_AFTER_MS = [0, 250, 500];
/** Caller audio kept meanwhile: 4 s of messages of 40 ms. */
const MAX_KEPT_MESSAGES = 100;

export interface HistoryItem {
  readonly role: ItemRole;
  readonly text: string;
  /** Its id in the conversation, where it may have to be found again. */
  readonly id?: string;
}

export interface ModelLinkListener {
  event(event: RealtimeEvent): void;
  /** A session was lost and a new one, with the history, is on its way: nothing is under way in it. */
  reopened(reason: string, attempt: number): void;
  /** No session can be had. */
  lost(reason: string): void;
}

/**
 * The model as one call sees it: a session that is replaced when it is lost. The new one gets the settings and the
 * conversation so far as text, and then what the caller says meanwhile, because commands wait until it is ready.
 */
export class ModelLink {
  private session: RealtimeSession;
  private settings: RealtimeSettings | undefined;
  private failures = 0;
  private isClosed = false;
  private again: Timer | undefined;
  private kept: string[] = [];

  constructor(
    private readonly model: RealtimeModel,
    private readonly listener: ModelLinkListener,
    /** The conversation so far. */
    private readonly history: () => readonly HistoryItem[],
    private readonly clock: Clock,
  ) {
    this.session = this.open();
  }

  configure(settings: RealtimeSettings): void {
    this.settings = settings;
    this.session.configure(settings);
  }

  appendAudio(mulawBase64: string): void {
    if (!this.again) return this.session.appendAudio(mulawBase64);
    this.kept.push(mulawBase64);
    if (this.kept.length > MAX_KEPT_MESSAGES) this.kept.shift();
  }
  createResponse(options?: { instructions?: string }): string {
    return this.session.createResponse(options);
  }
  cancelResponse(responseId: string): string {
    return this.session.cancelResponse(responseId);
  }
  truncateItem(itemId: string, audioEndMs: number): string {
    return this.session.truncateItem(itemId, audioEndMs);
  }
  deleteItem(itemId: string): string {
    return this.session.deleteItem(itemId);
  }
  addItem(item: Parameters<RealtimeSession['addItem']>[0]): string {
    return this.session.addItem(item);
  }
  sendToolOutput(callId: string, output: string): string {
    return this.session.sendToolOutput(callId, output);
  }

  /** Replaces the session, e.g. one that stays mute. */
  reopen(reason: string): void {
    if (this.isClosed || this.again) return;
    const delayMs = AGAIN_AFTER_MS[this.failures];
    this.failures += 1;
    if (delayMs === undefined) {
      this.close();
      return this.listener.lost(reason);
    }
    if (delayMs === 0) return this.replace(reason);
    this.again = this.clock.setTimer(() => {
      this.again = undefined;
      this.replace(reason);
    }, delayMs);
  }

  /** Idempotent. */
  close(): void {
    this.isClosed = true;
    this.again?.cancel();
    this.session.close();
  }

  private replace(reason: string): void {
    const old = this.session;
    this.session = this.open();
    old.close();
    if (this.settings) {
      this.session.configure(this.settings);
      this.restore(this.session);
    }
    for (const audio of this.kept.splice(0)) this.session.appendAudio(audio);
    this.listener.reopened(reason, this.failures);
  }

  private open(): RealtimeSession {
    const session: RealtimeSession = this.model.open((event) => {
      if (this.isClosed || session !== this.session) return;
      if (event.kind === 'closed') {
        // What cannot get better by trying is lost at once.
        if (!event.isRetryable) this.failures = AGAIN_AFTER_MS.length;
        return this.reopen(event.reason);
      }
      if (event.kind === 'ready') this.failures = 0;
      this.listener.event(event);
    });
    return session;
  }

  private restore(session: RealtimeSession): void {
    let index = 0;
    for (const { id, role, text } of this.history())
      session.addItem({ id: id ?? `past-${++index}`, role, text });
  }
}
