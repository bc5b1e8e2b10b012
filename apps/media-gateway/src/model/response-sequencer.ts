import { type RealtimeProblem, type RealtimeSession } from '@frontdesk/speech';
import { type LedgerItem } from '../playout/playback-ledger';
import { BYTES_PER_MS } from '../playout/units';

/** What the sequencer asks of the model. */
export type ResponseCommands = Pick<
  RealtimeSession,
  'createResponse' | 'cancelResponse' | 'truncateItem' | 'deleteItem'
>;

/** Cancelled responses whose late audio may still come. */
const MAX_REMEMBERED = 32;

/** What a response is asked for with. */
export interface ResponseWish {
  /** In place of the session's, for this response alone. */
  readonly instructions?: string;
}

/**
 * The one place that creates, cancels, truncates and deletes; so there is one response at a time, one cancel for a
 * response, and none for one that is done.
 *
 * IDLE → ASKED (create sent) → ACTIVE (its `response.created` came) → IDLE (its `response.done` came).
 * `request` while not IDLE is remembered and carried out at IDLE; several are one.
 * `interrupt` in ASKED waits for the id (a cancel before `response.created` would do nothing) and in ACTIVE cancels at
 * once: both → CANCELLING → IDLE at `response.done`. It also forgets what was requested: the caller is speaking, and the
 * end of the caller's turn requests anew. `stop` cancels one response and forgets nothing.
 */
export class ResponseSequencer {
  private state: 'idle' | 'asked' | 'active' | 'cancelling' = 'idle';
  private activeId: string | null = null;
  private createEventId: string | null = null;
  private isCancelWanted = false;
  private wanted: ResponseWish | null = null;
  /** What the response under way was asked for with. */
  private current: ResponseWish = {};
  private readonly cancelled: string[] = [];

  constructor(private readonly commands: ResponseCommands) {}

  /** A response is under way: asked for, or generating. */
  get isBusy(): boolean {
    return this.state !== 'idle';
  }

  /** Nothing is under way and nothing waits. */
  get isQuiet(): boolean {
    return this.state === 'idle' && !this.wanted;
  }

  /** What the newest response was asked for with. */
  get lastWish(): ResponseWish {
    return this.current;
  }

  /** True for a response that was cancelled: its audio is not played, however late it comes. */
  isWithheld(responseId: string): boolean {
    return this.cancelled.includes(responseId);
  }

  /** The agent shall speak: now, or as soon as the response under way is done. */
  request(wish: ResponseWish = {}): void {
    this.wanted = wish;
    this.createIfWanted();
  }

  /**
   * The caller speaks.
   * @returns the response that was cancelled now; null when there was none, or its id is not known yet
   */
  interrupt(): string | null {
    this.wanted = null;
    if (this.state === 'asked') this.isCancelWanted = true;
    return this.state === 'active' ? this.cancelActive() : null;
  }

  /** Cancels this response, if it is the one that generates. What was requested after it stays. */
  stop(responseId: string): void {
    if (this.state === 'active' && this.activeId === responseId) this.cancelActive();
  }

  created(responseId: string): void {
    this.activeId = responseId;
    this.state = 'active';
    if (this.isCancelWanted) this.cancelActive();
  }

  done(responseId: string): void {
    if (this.activeId !== null && responseId !== this.activeId) return;
    this.becomeIdle();
  }

  /**
   * A command was refused. A cancel that crossed its response's end, or a cut that was refused, changes nothing.
   * @returns true when a create was refused and nothing is under way now: asking again is the conversation's to decide
   */
  failed(problem: RealtimeProblem, eventId: string | null): boolean {
    if (this.state !== 'asked' || eventId === null || eventId !== this.createEventId) return false;
    if (problem === 'response-active') {
      // One of which we know nothing is generating; its end brings the next chance.
      this.wanted ??= this.current;
      this.state = 'cancelling';
      return false;
    }
    const isNothingElseWanted = this.wanted === null && !this.isCancelWanted;
    this.becomeIdle();
    return isNothingElseWanted;
  }

  /** The caller heard the item up to what was given to the TX queue, and will hear no more of it. */
  cut(item: LedgerItem, isWhole: boolean): void {
    if (item.hearableBytes === 0) this.commands.deleteItem(item.itemId);
    else if (!isWhole || item.hearableBytes < item.generatedBytes) this.truncate(item, item.hearableBytes);
  }

  /** Of the item only so much will ever be heard. */
  truncate(item: LedgerItem, bytes: number): void {
    this.commands.truncateItem(item.itemId, Math.floor(bytes / BYTES_PER_MS));
  }

  /** Removes an item from the conversation. */
  remove(itemId: string): void {
    this.commands.deleteItem(itemId);
  }

  /**
   * A new session took the place of the old one: nothing is under way in it. What was requested, or was under way and
   * not cancelled, is owed.
   */
  restart(): ResponseWish | null {
    const isOwed = (this.state === 'asked' && !this.isCancelWanted) || this.state === 'active';
    const owed = this.wanted ?? (isOwed ? this.current : null);
    this.wanted = null;
    this.becomeIdle();
    return owed;
  }

  private cancelActive(): string {
    const id = this.activeId!;
    this.state = 'cancelling';
    this.isCancelWanted = false;
    this.cancelled.push(id);
    if (this.cancelled.length > MAX_REMEMBERED) this.cancelled.shift();
    this.commands.cancelResponse(id);
    return id;
  }

  private becomeIdle(): void {
    this.state = 'idle';
    this.activeId = this.createEventId = null;
    this.isCancelWanted = false;
    this.createIfWanted();
  }

  private createIfWanted(): void {
    if (this.state !== 'idle' || !this.wanted) return;
    this.current = this.wanted;
    this.wanted = null;
    this.state = 'asked';
    this.createEventId = this.commands.createResponse(this.current);
  }
}
