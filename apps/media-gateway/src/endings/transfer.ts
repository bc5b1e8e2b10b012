import { type Clock, type Timer } from '@frontdesk/runtime';
import { type CallCarrier } from '../call/call-carrier';
import { type CallRecord } from '../streams/stream-registry';

/** Twilio stops the stream well within this of accepting the transfer. */
const STREAM_STOPS_WITHIN_MS = 10_000;

/**
 * A call on its way to a person. ASKED: the carrier was told, the call is in phase `transferring` and its stream is
 * about to stop → over. It is refused, or the stream just goes on → phase `live` and `failed`, once.
 */
export class Transfer {
  private bound: Timer | undefined;
  private isOver = false;

  constructor(
    private readonly options: {
      readonly carrier: CallCarrier;
      readonly record: CallRecord;
      readonly clock: Clock;
      readonly failed: (error: unknown) => void;
    },
  ) {}

  ask(to: string): void {
    const { carrier, record, clock } = this.options;
    record.phase = 'transferring';
    carrier.transfer(record, to).then(
      () => {
        if (this.isOver) return;
        const late = (): void => this.fail(new Error('the stream goes on after a transfer'));
        this.bound = clock.setTimer(late, STREAM_STOPS_WITHIN_MS);
      },
      (error: unknown) => this.fail(error),
    );
  }

  /** The stream has stopped: the call has left. Idempotent. */
  streamOver(): void {
    this.isOver = true;
    this.bound?.cancel();
  }

  private fail(error: unknown): void {
    if (this.isOver) return;
    this.isOver = true;
    if (this.options.record.phase === 'transferring') this.options.record.phase = 'live';
    this.options.failed(error);
  }
}
