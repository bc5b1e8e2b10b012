/** One event on the wire, without its audio. */
export interface RecordedEvent {
  readonly atMs: number;
  readonly direction: 'client' | 'server';
  readonly type: string;
  readonly itemId?: string;
  readonly responseId?: string;
  /** Milliseconds in the audio: of a truncation, of detected speech. */
  readonly audioMs?: number;
  /** Of a response that ended. */
  readonly status?: string;
  /** Of an `error`. */
  readonly code?: string;
}

/** One item as the model believes it. */
export interface RecordedItem {
  readonly id: string;
  readonly role: string;
  readonly text: string;
  /** Length of its audio as generated, or as truncated. */
  readonly audioMs?: number;
  readonly truncatedAtMs?: number;
  readonly deleted?: true;
}

/** What the simulator knows of one Realtime session. */
export interface RecordedSession {
  readonly id: string;
  readonly model: string;
  readonly openedAtMs: number;
  closedAtMs: number | null;
  instructions: string;
  voice: string;
  tracing: unknown;
  /** Audio received; single appends are not listed. */
  input: { appends: number; audioMs: number };
  events: RecordedEvent[];
  /** Events left out after the bound was reached. */
  eventsDropped: number;
  items: RecordedItem[];
  /** Every `error` event sent. */
  violations: { readonly atMs: number; readonly code: string; readonly message: string }[];
}

/** A speech or transcription request: what was asked, and so paid, for. */
export interface RecordedRequest {
  readonly atMs: number;
  readonly kind: 'speech' | 'transcription';
  readonly status: number;
  readonly model: string;
  /** What was spoken or written down. */
  readonly text: string;
  readonly voice?: string;
  readonly fileName?: string;
  readonly language?: string;
  /** Of audio. */
  readonly bytes: number;
}
