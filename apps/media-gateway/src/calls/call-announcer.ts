import { CallEventPublisher, type Offer } from '../events/call-event-publisher';
import { type CallRecord } from '../streams/stream-registry';
import { type RedirectReason } from '../watchdog/call-redirector';
import { type AnnouncedCall } from './announced-call';

/**
 * Generation 0 has at most four events, each once, whichever replica tells them: two that tell the same make the same
 * event id, which consumers take once.
 */
const INCOMING_SEQ = 0;
const REDIRECTED_SEQ = 1;
const ENDED_SEQ = 2;
const TRANSFERRED_SEQ = 3;

/** Figures of a call without a stream. */
const none = {
  framesSent: 0,
  framesDropped: 0,
  fps: null,
  maxGapMs: 0,
  maxQueueDepth: 0,
  underruns: 0,
  bargeIns: 0,
  firstAudioMs: null,
};

/** Events of a call: those outside any stream, and the publishers of its streams. */
export class CallAnnouncer {
  constructor(
    private readonly offer: Offer,
    /** The business's language, for its transcripts; the default profile is nobody's and names none. */
    private readonly localeOf: (businessId: string | null) => string | undefined,
  ) {}

  incoming(call: AnnouncedCall): void {
    const { direction, from, to, attemptId } = call;
    const locale = this.localeOf(call.businessId);
    this.outside(call, INCOMING_SEQ).publish('call.incoming', { direction, from, to, attemptId, locale });
  }

  redirected(record: CallRecord, reason: RedirectReason): void {
    this.outside(record, REDIRECTED_SEQ).publish('call.redirected', { reason });
  }

  /** A person of the business had the call, and the talk is over. */
  transferCompleted(call: AnnouncedCall): void {
    this.outside(call, TRANSFERRED_SEQ).publish('call.transfer', { outcome: 'completed' });
  }

  /** The end of a call that never had a stream. */
  ended(record: CallRecord, reason: 'redirected' | 'caller-hung-up'): void {
    const durationMs = Date.now() - record.startedAt.getTime();
    this.outside(record, ENDED_SEQ).publish('call.ended', { reason, durationMs, figures: none });
  }

  /** For the events of one stream. */
  ofStream(record: CallRecord, generation: number, streamMs: () => number): CallEventPublisher {
    return new CallEventPublisher(record, generation, this.offer, streamMs);
  }

  private outside(call: AnnouncedCall | CallRecord, seq: number): CallEventPublisher {
    return new CallEventPublisher(call, 0, this.offer, () => null, seq);
  }
}
