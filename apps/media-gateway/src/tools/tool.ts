import { type RealtimeTool } from '@frontdesk/speech';

/** What became of a tool's run, in words that the model can act on. */
export type ToolResult =
  | {
      readonly ok: true;
      readonly result?: unknown;
      /** What the agent does with it: goes on speaking (as a rule), or waits for the other side. */
      readonly then?: 'speak' | 'wait';
    }
  | { readonly ok: false; readonly error: string };

/** One call of a tool. */
export interface ToolCall {
  /** The model's id of the call: unique within the call on the telephone. */
  readonly callId: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Aborted when the tool has taken too long, or the call is over. */
  readonly signal: AbortSignal;
}

/** Something the agent can do: what the model is told of it, and how it is done. */
export interface CallTool extends RealtimeTool {
  /** Longest time a run may take. */
  readonly timeoutMs: number;
  run(call: ToolCall): ToolResult | Promise<ToolResult>;
}

/** What built-in tools can do to the call they are used in. */
export interface ToolActions {
  /** End the call when what the agent says now was heard. */
  endCall(): void;
  /** Connect the caller to a person of the business when what the agent says now was heard. */
  transferCall(): void;
  /** Resolves when the tones were heard. */
  sendTones(mulaw: Buffer): Promise<void>;
  leaveMessage(message: { name: string | null; number: string | null; text: string }): void;
  /** Puts the number of whoever we called on the do-not-call list. False when the number is not known here. */
  optOut(): boolean;
}
