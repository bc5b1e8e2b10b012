import { type CallEventDetail, type CallEventType, topics } from '@frontdesk/contracts';
import { type OutboxMessage, type Priority } from '@frontdesk/messaging';

/** What goes out even when the buffer is full: without these the call log would miss a call, not a detail. */
const lifecycle: readonly CallEventType[] = [
  'call.incoming',
  'call.stream-started',
  'call.redirected',
  'call.resumed',
  'call.opted-out',
  'call.turn',
  'call.ended',
];

/** Which call an event is about, as far as this replica knows it. */
export interface CallIdentity {
  readonly callSid: string;
  readonly businessId: string | null;
  readonly accountSid: string | null;
  readonly traceparent: string | null;
}

/** Where events go; never blocks and never throws. */
export type Offer = (message: OutboxMessage, priority: Priority) => void;

/**
 * The events of one generation of one call (`<callSid>:<generation>:<seq>`; generation 0 is the time before the first
 * stream). Consumers order by generation and seq.
 */
export class CallEventPublisher {
  constructor(
    private readonly call: CallIdentity,
    private readonly generation: number,
    private readonly offer: Offer,
    /** Milliseconds since the stream's start; null before. */
    private readonly streamMs: () => number | null,
    private seq = 0,
  ) {}

  publish<T extends CallEventType>(type: T, detail: CallEventDetail<T>): void {
    const { callSid, businessId, accountSid, traceparent } = this.call;
    const { generation } = this;
    const seq = this.seq++;
    const streamMs = this.streamMs();
    const position = { callSid, generation, seq, streamMs: streamMs === null ? null : Math.round(streamMs) };
    const value = {
      id: `${callSid}:${generation}:${seq}`,
      type,
      v: 1,
      at: new Date().toISOString(),
      businessId,
      accountSid,
      traceparent,
      data: { ...position, ...detail },
    };
    const headers: Record<string, string> = traceparent ? { traceparent } : {};
    const priority = lifecycle.includes(type) ? 'lifecycle' : 'normal';
    this.offer({ topic: topics.callEvents.name, key: callSid, value, headers }, priority);
  }
}
