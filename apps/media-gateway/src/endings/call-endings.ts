import { type Clock } from '@frontdesk/runtime';
import { CallLength } from './call-length';
import { duePhrase, type PhraseSource } from './due-phrases';
import { SilentCaller, type SilentCallerTimes } from './silent-caller';
import { Transfer } from './transfer';
import { type CallCarrier } from '../call/call-carrier';
import { type EndReason } from '../call/call-figures';
import { type Conversation } from '../call/conversation';
import { type Leaving } from '../call/conversation-port';
import { type CallEventPublisher } from '../events/call-event-publisher';
import { type GatewayEvents } from '../events';
import { type CallRecord } from '../streams/stream-registry';

export interface CallEndingsOptions {
  readonly clock: Clock;
  readonly conversation: Conversation;
  readonly record: CallRecord;
  readonly carrier: CallCarrier;
  readonly events: GatewayEvents;
  readonly publisher: CallEventPublisher;
  readonly phrases: PhraseSource;
  /** Of the business; null: callers may be silent for ever. */
  readonly silentCaller: SilentCallerTimes | null;
  /** [MAX_CALL_MS] */
  readonly maxCallMs: number;
  readonly closeStream: () => void;
}

/**
 * How a call ends from our side: the agent says goodbye, the caller says nothing, the call is too long, a person takes
 * it over. Decides nothing about a caller who hangs up or a stream that breaks.
 */
export class CallEndings {
  private readonly silentCaller: SilentCaller;
  private readonly callLength: CallLength;
  private transferring: Transfer | null = null;
  private reasonDecided: EndReason | null = null;

  constructor(private readonly options: CallEndingsOptions) {
    const { clock, record, silentCaller, maxCallMs } = options;
    this.silentCaller = new SilentCaller(silentCaller);
    const agoMs = clock.now() - record.startedAt.getTime();
    this.callLength = new CallLength(clock.monotonicMs() - Math.max(0, agoMs), maxCallMs);
  }

  /** Why the call ends, where we have decided it; null: whatever the stream's end says. */
  get reason(): EndReason | null {
    return this.reasonDecided;
  }

  /** The caller spoke, or pressed a key. */
  callerActed(): void {
    this.silentCaller.callerActed();
  }

  /**
   * Called a few times a second.
   * @param isEntering the caller is pressing keys
   */
  beat(nowMs: number, isEntering: boolean): void {
    const { conversation, record, phrases, events } = this.options;
    if (record.phase !== 'live') return;
    const isIdle = conversation.isQuiet && !isEntering;
    const length = this.callLength.beat(nowMs, isIdle);
    if (length) events.callTooLong(length);
    if (length === 'announce') return conversation.say(duePhrase('max-length', phrases));
    if (length === 'end') return this.leave('max-length');
    const silence = this.silentCaller.beat(nowMs, isIdle);
    if (silence) events.callerSilent(silence);
    if (silence === 'ask') conversation.say(duePhrase('still-there', phrases));
    if (silence === 'end') this.leave('silence');
  }

  /** The last word was heard. */
  left(leaving: Leaving, transferNumber: string | null): void {
    if (leaving.kind === 'hang-up') this.hangUp(leaving.reason);
    else if (transferNumber) this.transfer(transferNumber);
  }

  /** Ends the call by REST; the socket is closed behind it. */
  hangUp(reason: EndReason = 'agent-ended'): void {
    const { record, carrier, events, closeStream } = this.options;
    record.phase = 'ending';
    this.reasonDecided = reason;
    void carrier
      .end(record)
      .catch((error: unknown) => events.failed('ending the call', error))
      .finally(closeStream);
  }

  /** Connects the caller to a person; Twilio ends the stream. Where it does not come to that, the agent has the call. */
  transfer(to: string): void {
    const { record, carrier, clock, publisher } = this.options;
    if (record.phase === 'transferring') return;
    this.reasonDecided = 'transferred';
    publisher.publish('call.transfer', { outcome: 'asked' });
    this.transferring = new Transfer({
      carrier,
      record,
      clock,
      failed: (error) => this.transferFailed(error),
    });
    this.transferring.ask(to);
  }

  /** The stream is over. Idempotent. */
  streamOver(): void {
    this.transferring?.streamOver();
  }

  private transferFailed(error: unknown): void {
    const { events, publisher, conversation } = this.options;
    events.failed('transferring the call', error);
    publisher.publish('call.transfer', { outcome: 'refused' });
    this.reasonDecided = null;
    conversation.stay(transferNote('failed'));
  }

  private leave(reason: 'silence' | 'max-length'): void {
    const { conversation, phrases } = this.options;
    conversation.close({ kind: 'hang-up', reason }, duePhrase('goodbye', phrases));
  }
}

/** How a transfer came back, in words for the agent who has the call again. */
export const transferNote = (outcome: string): string => {
  const whys: Record<string, string> = { busy: 'the line was busy', 'no-answer': 'nobody answered' };
  const why = whys[outcome] ?? 'it could not be connected';
  return `The transfer failed: ${why}. The caller is with you again. Say so, and offer to take a message or to help yourself.`;
};
