import { type Leaving } from './conversation-port';

/** Longest time from a decision to end the call to its end, should the goodbye never come. */
const CLOSING_LIMIT_MS = 20_000;

/** The agent's leave: from the decision until the goodbye was heard. */
export class Closing {
  /** The goodbye was said, or asked for. */
  isGoodbyeSaid = false;
  /** The call was told to go; a transfer has yet to succeed. */
  hasLeft = false;

  constructor(
    readonly leaving: Leaving,
    private readonly sinceMs: number,
  ) {}

  /** @param isAllHeard nothing is under way and the caller hears nothing of the agent any more */
  isOver(nowMs: number, isAllHeard: boolean): boolean {
    return (this.isGoodbyeSaid && isAllHeard) || nowMs - this.sinceMs >= CLOSING_LIMIT_MS;
  }
}
