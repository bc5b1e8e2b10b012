import {
  type ItemRole,
  type RealtimeEvent,
  type RealtimeModel,
  type RealtimeSession,
  type RealtimeSettings,
} from '@frontdesk/speech';

/** Sessions opened for one call in a row without one becoming ready. */
const MAX_FAILURES = 3;

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

  constructor(
    private readonly model: RealtimeModel,
    private readonly listener: ModelLinkListener,
    /** The conversation so far. */
    private readonly history: () => readonly HistoryItem[],
  ) {
    this.session = this.open();
  }

  configure(settings: RealtimeSettings): void {
    this.settings = settings;
    this.session.configure(settings);
  }

  appendAudio(mulawBase64: string): void {
    this.session.appendAudio(mulawBase64);
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
    if (this.isClosed) return;
    this.failures += 1;
    if (this.failures >= MAX_FAILURES) {
      this.isClosed = true;
      return this.listener.lost(reason);
    }
    const old = this.session;
    this.session = this.open();
    old.close();
    if (this.settings) {
      this.session.configure(this.settings);
      this.restore(this.session);
    }
    this.listener.reopened(reason, this.failures);
  }

  /** Idempotent. */
  close(): void {
    this.isClosed = true;
    this.session.close();
  }

  private open(): RealtimeSession {
    const session: RealtimeSession = this.model.open((event) => {
      if (this.isClosed || session !== this.session) return;
      if (event.kind === 'closed') {
        // What cannot get better by trying is lost at once.
        if (!event.isRetryable) this.failures = MAX_FAILURES;
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
