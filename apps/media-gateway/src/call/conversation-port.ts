import { type Clock } from '@frontdesk/runtime';
import { type RealtimeSession } from '@frontdesk/speech';
import { type SilenceStep, type SilenceWatch } from './silence-watch';
import { type ResponseSequencer } from '../model/response-sequencer';
import { type Playout } from '../playout/playout';

/** States of the agent; `conversation.ts` tells them. */
/** A greeting whose frames are still being made. */
export interface LiveGreeting {
  /** Whole frames, or any other piece of mu-law. */
  add(frames: Buffer): void;
  complete(): void;
  /** No more comes, though it was not all: the model says the greeting after what was heard of it. */
  breakOff(): void;
}

export type AgentState =
  'opening' | 'greeting-protected' | 'greeting' | 'silent' | 'thinking' | 'speaking' | 'closing' | 'over';

/** How the agent leaves the call. */
export type Leaving =
  | { readonly kind: 'hang-up'; readonly reason?: 'agent-ended' | 'silence' | 'max-length' }
  | { readonly kind: 'transfer' };

/** Something the agent is to say that the call wants, not the model. */
export interface DueWords {
  readonly name: string;
  /** Said with these where they are at hand; `text` is what they say. */
  readonly frames: Buffer | null;
  readonly text: string;
  /** How the model is to say it where there are none. */
  readonly instructions: string;
}

export interface FinishedTurn {
  readonly turn: number;
  readonly itemId: string;
  readonly speaker: 'caller' | 'agent';
  readonly said: string;
  readonly heard: string;
  readonly estimated: boolean;
  readonly interrupted: boolean;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

export interface BargeIn {
  readonly responseId: string | null;
  readonly itemId: string | null;
  readonly latencyMs: number;
  readonly truncatedAtMs: number;
}

export interface GreetingOutcome {
  readonly totalMs: number;
  readonly heardMs: number;
  readonly complete: boolean;
  readonly text: string;
  readonly heardText: string;
}

/** What the call does about what happens in the conversation. */
export interface ConversationListener {
  stateChanged(from: AgentState, to: AgentState): void;
  greetingProtected(): void;
  greetingCompleted(outcome: GreetingOutcome): void;
  turnFinished(turn: FinishedTurn): void;
  bargedIn(bargeIn: BargeIn): void;
  /** The model asked for a tool that the conversation does not know. */
  toolCalled(call: { callId: string; name: string; argumentsJson: string }): void;
  /** The caller has waited too long for the agent. */
  agentSilent(due: SilenceStep): void;
  /**
   * The last word was heard. After a transfer the agent may have to stay.
   * @param wasSaid whether there were words of leave, the model's or prepared ones
   */
  left(leaving: Leaving, wasSaid: boolean): void;
}

export interface ConversationOptions {
  readonly clock: Clock;
  readonly playout: Playout;
  readonly sequencer: ResponseSequencer;
  readonly model: Pick<RealtimeSession, 'addItem' | 'sendToolOutput' | 'isReady'>;
  readonly silence: SilenceWatch;
  readonly listener: ConversationListener;
  /** A goodbye of the business's, for one that the model does not say. */
  readonly preparedGoodbye: () => DueWords | null;
  /** [GREETING_PROTECT_MS], or the business's own. */
  readonly greetingProtectMs: number;
  /** [BARGE_IN_CLEAR] */
  readonly clearsLine: boolean;
  /** Milliseconds since the stream's `start`. */
  readonly streamMs: () => number;
  /** For how long the caller's line has been quiet, by its level; exact only while the caller speaks. */
  readonly lineQuietMs: () => number;
}
