/**
 * A model that hears and speaks, as a port: nothing here knows a provider. A second provider is an adapter beside
 * `openai/`. Audio is 8 kHz mu-law both ways, 8 bytes a millisecond.
 */
export interface RealtimeModel {
  /** For logs and for the durable cache's keys. */
  readonly provider: string;
  readonly model: string;
  /**
   * Opens a session; it is set up as soon as `configure` has said how. Returns at once: what happens, a failed
   * connection too, is told by `onEvent`: synchronously, in order, and last `closed`, exactly once. What the listener
   * throws is swallowed: guard it.
   */
  open(onEvent: (event: RealtimeEvent) => void): RealtimeSession;
}

export interface RealtimeSettings {
  readonly instructions: string;
  /** A voice of the provider, or of another: the adapter maps what it does not know to its default. */
  readonly voice: string;
  /** BCP 47, e.g. `he-IL`: the caller's expected language. */
  readonly locale: string;
  readonly tools: readonly RealtimeTool[];
}

/** A function the model may ask for. `parameters` is a JSON schema of an object. */
export interface RealtimeTool {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/**
 * One conversation with the model. Commands that the provider may refuse return the id that an `error` event about
 * them carries. None throws; after `closed` they do nothing.
 */
export interface RealtimeSession {
  readonly isReady: boolean;
  /** How the session shall be. Once; commands given before `ready` are kept in order and sent then (bounded). */
  configure(settings: RealtimeSettings): void;
  /** Caller audio, mu-law, read before this returns. Batch before you call: each call is one message. */
  appendAudio(mulaw: Uint8Array): void;
  /** Asks for a response. The provider refuses a second one while one is active. */
  createResponse(options?: { instructions?: string }): string;
  /** Cancels one response by its id. */
  cancelResponse(responseId: string): string;
  /** Tells the model that the listener heard the item only up to here. Never beyond what the item holds. */
  truncateItem(itemId: string, audioEndMs: number): string;
  deleteItem(itemId: string): string;
  /** Adds a turn to the conversation, at its end or behind `previousItemId` (`root`: at its beginning). */
  addItem(item: ConversationItem): string;
  sendToolOutput(callId: string, output: string): string;
  /** Asks to end; `closed` follows. Idempotent. */
  close(): void;
}

export type ItemRole = 'system' | 'caller' | 'agent';

/** A turn that the model did not hear or say itself. */
export interface ConversationItem {
  readonly id: string;
  readonly role: ItemRole;
  readonly text: string;
  /** What a caller said, as mu-law, where no text of it is known; `text` is empty then. */
  readonly audio?: Buffer;
  readonly previousItemId?: string | 'root';
}

export type ResponseStatus = 'completed' | 'cancelled' | 'incomplete' | 'failed';

export interface ResponseUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export type RealtimeEvent =
  /** The session is configured and takes audio. `expiresAtMs`: epoch time of the provider's limit, if it said so. */
  | { readonly kind: 'ready'; readonly sessionId: string | null; readonly expiresAtMs: number | null }
  /** The caller began to speak; `audioStartMs` counts the audio given to the session. */
  | { readonly kind: 'speech-started'; readonly itemId: string; readonly audioStartMs: number }
  | { readonly kind: 'speech-stopped'; readonly itemId: string; readonly audioEndMs: number }
  /** The caller's turn is complete and part of the conversation. Nothing answers it by itself. */
  | { readonly kind: 'turn-committed'; readonly itemId: string }
  /** Comes at any time after the turn, also after its answer. */
  | {
      readonly kind: 'caller-transcript';
      readonly itemId: string;
      readonly text: string;
      readonly status: 'final' | 'failed';
    }
  | { readonly kind: 'response-created'; readonly responseId: string }
  /** Audio of the agent; arrives much faster than real time, in pieces of any size. It is only lent: who keeps it copies it. */
  | {
      readonly kind: 'audio';
      readonly responseId: string;
      readonly itemId: string;
      readonly mulaw: Buffer;
    }
  /** A piece of what the agent says, in order. */
  | {
      readonly kind: 'agent-transcript';
      readonly responseId: string;
      readonly itemId: string;
      readonly text: string;
    }
  /** No more audio or text of this item comes. */
  | { readonly kind: 'item-done'; readonly responseId: string; readonly itemId: string }
  | {
      readonly kind: 'tool-call';
      readonly responseId: string;
      readonly callId: string;
      readonly name: string;
      readonly argumentsJson: string;
    }
  /** Always comes, cancelled or not; the last event of its response. */
  | {
      readonly kind: 'response-done';
      readonly responseId: string;
      readonly status: ResponseStatus;
      /** The provider's own word for why, for the log. */
      readonly reason: string | null;
      readonly usage: ResponseUsage | null;
    }
  | { readonly kind: 'truncated'; readonly itemId: string; readonly audioEndMs: number }
  | { readonly kind: 'deleted'; readonly itemId: string }
  /**
   * Something went wrong. `recoverable`: the session goes on. `eventId`: the id that the refused command returned, and
   * `command` what that was. `code` and `message` are the provider's own words, for the log: nothing is decided by them.
   */
  | {
      readonly kind: 'error';
      readonly problem: RealtimeProblem;
      readonly command: RealtimeCommand | null;
      readonly code: string;
      readonly message: string;
      readonly recoverable: boolean;
      readonly eventId: string | null;
    }
  /** The session is over. `isRetryable`: a new one may do better. */
  | { readonly kind: 'closed'; readonly reason: ClosedReason; readonly isRetryable: boolean };

/** `expired`: the provider's limit; `remote`: it closed the session; `asked`: we did. */
export type ClosedReason = 'asked' | 'network' | 'remote' | 'handshake' | 'time-out' | 'overflow' | 'expired';

/**
 * What an error means, whatever the provider calls it.
 * The session goes on: `nothing-to-cancel` (a cancel crossed the response's end), `response-active` (a response was
 * asked for while one was generating), `cut-refused` (an item could not be truncated or deleted), `busy` (not now: rate
 * limit, overload), `refused` (any other command).
 * It is over: `expired` (its time is up), `unavailable` (network, time-out, the provider failed), `denied` (key, quota,
 * model: another session would end the same way).
 */
export type RealtimeProblem =
  | 'nothing-to-cancel'
  | 'response-active'
  | 'cut-refused'
  | 'busy'
  | 'refused'
  | 'expired'
  | 'unavailable'
  | 'denied';

export type RealtimeCommand =
  'configure' | 'create' | 'cancel' | 'truncate' | 'delete' | 'add-item' | 'tool-output';
