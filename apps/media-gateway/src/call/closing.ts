import { type Leaving } from './conversation-port';

/** Nothing is heard of the agent for so long after it decided to leave: its goodbye does not come, or not on. */
const GOODBYE_WITHIN_MS = 4000;
/** Talks a caller's ear off; a message for an answering machine is shorter. */
const LONGEST_GOODBYE_MS = 120_000;

/** What is heard, now. */
export interface ClosingLine {
  /** The caller hears the agent. */
  readonly isAudible: boolean;
  /** Nothing is under way at the model. */
  readonly isModelQuiet: boolean;
}

/**
 * The agent's leave: from the decision until the goodbye was heard. The goodbye is AWAITED (it may come with the response
 * that decided), ASKED for, or SAID; heard to its end → leave. It is missing when the model is done without it, is lost, or
 * lets nothing be heard for 4 s: the caller must not listen to silence for it. A goodbye that was prepared takes its place,
 * once; where there is none, or one was said already, the call is left as it is.
 */
export class Closing {
  /** The call was told to go; a transfer has yet to succeed. */
  hasLeft = false;
  /** No session can be had any more. */
  isModelLost = false;
  private goodbye: 'awaited' | 'asked' | 'said' = 'awaited';
  private quietSinceMs: number;
  /** Nothing is waited for of the model. */
  private isModelDone = false;

  constructor(
    readonly leaving: Leaving,
    private readonly sinceMs: number,
  ) {
    this.quietSinceMs = sinceMs;
  }

  /** The model's words are generated, whole. */
  said(): void {
    this.goodbye = 'said';
  }

  /** A prepared goodbye plays, in place of whatever the model would say. */
  saidPrepared(): void {
    this.goodbye = 'said';
    this.isModelDone = true;
  }

  /** The words of the leave were generated whole, or are prepared and play. */
  get wasSaid(): boolean {
    return this.goodbye === 'said';
  }

  /** @returns whether the model is to be asked for it now: it came neither with the decision nor was it asked for */
  ask(): boolean {
    if (this.goodbye !== 'awaited') return false;
    this.goodbye = 'asked';
    return true;
  }

  /** No more comes of the model. */
  modelLost(): void {
    this.isModelLost = true;
    this.isModelDone = true;
  }

  /** Called a few times a second, and when something was heard to its end. */
  due(nowMs: number, { isAudible, isModelQuiet }: ClosingLine): 'leave' | 'say-prepared' | null {
    if (this.hasLeft) return null;
    if (nowMs - this.sinceMs >= LONGEST_GOODBYE_MS) return 'leave';
    if (isAudible) {
      this.quietSinceMs = nowMs;
      return null;
    }
    if (this.goodbye === 'said' && (isModelQuiet || this.isModelDone)) return 'leave';
    const isMissing =
      this.isModelDone ||
      (this.goodbye === 'asked' && isModelQuiet) ||
      nowMs - this.quietSinceMs >= GOODBYE_WITHIN_MS;
    if (!isMissing) return null;
    return this.goodbye === 'said' || this.leaving.kind === 'transfer' ? 'leave' : 'say-prepared';
  }
}
