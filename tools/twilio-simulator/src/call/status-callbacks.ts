import type { CallBook } from '../book/call-book';
import type { FaultRegistry } from '../faults/fault-registry';
import type { WebhookClient } from '../webhooks/webhook-client';

export type CallProgressEvent = 'initiated' | 'ringing' | 'answered' | 'completed';

export interface StatusCallbackTarget {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly events: readonly CallProgressEvent[];
}

/** A held callback goes out after this even when nothing follows it. */
const REORDER_HOLD_MS = 3_000;

/**
 * Sends the status callbacks of one call: only the events asked for, numbered from 0, each at once and beside whatever
 * else is under way, so that their order of arrival is not guaranteed.
 */
export class StatusCallbacks {
  private sequenceNumber = 0;
  private held: (() => Promise<void>) | undefined;

  constructor(
    private readonly o: {
      readonly target: StatusCallbackTarget | undefined;
      readonly webhooks: WebhookClient;
      readonly faults: FaultRegistry;
      readonly callSid: string;
      readonly to: string;
      readonly book: CallBook;
    },
  ) {}

  /** @param parameters as of this moment: they must not change while a retry is under way */
  emit(event: CallProgressEvent, parameters: Record<string, string>, now: Date): void {
    const { target, faults, book } = this.o;
    if (!target?.events.includes(event)) return;
    const params = {
      ...parameters,
      CallbackSource: 'call-progress-events',
      SequenceNumber: String(this.sequenceNumber++),
      Timestamp: rfc2822(now),
    };
    const fits = (strike: { text(name: string): string | undefined }): boolean =>
      [undefined, event].includes(strike.text('event') as CallProgressEvent | undefined);
    if (faults.take('callback-dropped', this.o, fits)) {
      book.note('fault', { name: 'callback-dropped', event });
      return;
    }
    const isDouble = faults.take('callback-duplicated', this.o, fits) !== undefined;
    const send = async (): Promise<void> => {
      await this.send(target, params);
      if (isDouble) await this.send(target, params);
    };
    if (!this.held && faults.take('callbacks-reordered', this.o, fits)) {
      this.held = send;
      setTimeout(() => void this.release(), REORDER_HOLD_MS).unref();
      return;
    }
    void send().then(() => this.release());
  }

  private async release(): Promise<void> {
    const held = this.held;
    this.held = undefined;
    await held?.();
  }

  private async send(target: StatusCallbackTarget, params: Record<string, string>): Promise<void> {
    const { webhooks, callSid, to, book } = this.o;
    const result = await webhooks.send({
      kind: 'status-callback',
      url: target.url,
      method: target.method,
      params,
      callSid,
      to,
      book,
      expects: 'nothing',
      idempotencyToken: `${callSid}-${params['SequenceNumber']}`,
    });
    if (!result.ok) book.warn(15003, 'Call Progress: status callback failed', result.failure.message);
  }
}

/** As Twilio writes times: `Sat, 21 Nov 2026 00:31:00 +0000`. */
export const rfc2822 = (date: Date): string => date.toUTCString().replace('GMT', '+0000');
