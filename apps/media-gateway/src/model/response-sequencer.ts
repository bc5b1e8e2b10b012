import { type RealtimeSession } from '@frontdesk/speech';
import { type LedgerItem } from '../playout/playback-ledger';

/** What the sequencer asks of the model. */
export type ResponseCommands = Pick<
  RealtimeSession,
  'createResponse' | 'cancelResponse' | 'truncateItem' | 'deleteItem'
>;

/** Cancelled responses whose late audio may still come. */
const MAX_REMEMBERED = 32;

/** The provider's words for a race that was lost; each is absorbed and counted. */
const NOT_ACTIVE = 'response_cancel_not_active';
const ALREADY_ACTIVE = 'conversation_already_has_active_response';

/**
 * The one place that creates, cancels, truncates and deletes; so there is one response at a time, one cancel for a
 * response, and none for one that is done.
 *
 * IDLE → ASKED (create sent) → ACTIVE (its `response.created` came) → IDLE (its `response.done` came).
 * `request` while not IDLE is remembered and carried out at IDLE; several are one.
 * `interrupt` in ASKED waits for the id (a cancel before `response.created` would do nothing) and in ACTIVE cancels at
 * once: both → CANCELLING → IDLE at `response.done`. It also forgets what was requested: the caller is speaking, and the
 * end of the caller's turn requests anew.
 */
export class ResponseSequencer {
  private state: 'idle' | 'asked' | 'active' | 'cancelling' = 'idle';
  private activeId: string | null = null;
  private createEventId: string | null = null;
  private isCancelWanted = false;
  private wanted: { instructions?: string } | null = null;
  private readonly cancelled: string[] = [];
  /** Cancels that met a response already done. */
  lostCancels = 0;

  constructor(private readonly commands: ResponseCommands) {}

  /** A response is under way: asked for, or generating. */
  get isBusy(): boolean {
    return this.state !== 'idle';
  }

  /** Nothing is under way and nothing waits. */
  get isQuiet(): boolean {
    return this.state === 'idle' && !this.wanted;
  }

  /** True for a response that was cancelled: its audio is not played, however late it comes. */
  isWithheld(responseId: string): boolean {
    return this.cancelled.includes(responseId);
  }

  /** The agent shall speak: now, or as soon as the response under way is done. */
  request(options: { instructions?: string } = {}): void {
    this.wanted = options;
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

  created(responseId: string): void {
    this.activeId = responseId;
    this.state = 'active';
    if (this.isCancelWanted) this.cancelActive();
  }

  done(responseId: string): void {
    if (this.activeId !== null && responseId !== this.activeId) return;
    this.becomeIdle();
  }

  /** An `error` event: of ours or not, `eventId` tells. */
  failed(code: string, eventId: string | null): void {
    if (code === NOT_ACTIVE) this.lostCancels += 1;
    if (this.state !== 'asked' || eventId === null || eventId !== this.createEventId) return;
    if (code === ALREADY_ACTIVE) {
      // One of which we know nothing is generating; its end brings the next chance.
      this.wanted ??= {};
      this.state = 'cancelling';
      return;
    }
    this.becomeIdle();
  }

  /** The caller heard the item up to what was given to the TX queue, and will hear no more of it. */
  cut(item: LedgerItem, isWhole: boolean): void {
    if (item.queuedBytes === 0) this.commands.deleteItem(item.itemId);
    else if (!isWhole || item.queuedBytes < item.generatedBytes)
      this.commands.truncateItem(item.itemId, Math.floor(item.queuedMs));
  }

  /** Removes an item from the conversation. */
  remove(itemId: string): void {
    this.commands.deleteItem(itemId);
  }

  /** A new session took the place of the old one: nothing is under way in it. */
  restart(): void {
    const wasOwed = this.state === 'asked' || this.state === 'active' ? {} : null;
    this.state = 'idle';
    this.activeId = this.createEventId = null;
    this.isCancelWanted = false;
    this.wanted ??= wasOwed;
    this.createIfWanted();
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
    const options = this.wanted;
    this.wanted = null;
    this.state = 'asked';
    this.createEventId = this.commands.createResponse(options);
  }
}
