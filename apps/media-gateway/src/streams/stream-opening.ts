import { type MediaStreamStart } from '@frontdesk/telephony';
import { type Clock, type Timer } from '@frontdesk/runtime';
import { type GatewayEvents } from '../events';
import { type MediaStream, type MediaStreamListener } from './media-stream';
import { type StartRefusal, StreamRefusal } from './refusals';

/** From the upgrade to `start`; Twilio sends it at once. */
export const START_WITHIN_MS = 5000;
/** A socket that sends this many messages of no use and no `start` is not Twilio's. */
export const MAX_NOISE = 20;
/** What a socket is closed with that may not carry a call (policy violation). */
const REFUSED = 1008;

export interface StreamOpeningOptions {
  readonly stream: MediaStream;
  readonly clock: Clock;
  readonly events: GatewayEvents;
  /** Takes the stream over, or throws why it is refused. */
  readonly onStart: (start: MediaStreamStart) => void;
  /** Told once, whatever becomes of it; `isRefused` false when the stream was taken over. */
  readonly onSettled: (isRefused: boolean) => void;
}

/**
 * A socket between its upgrade and its `start`. It ends in one of three ways: taken over; refused, which closes the
 * socket; or closed by the other end.
 */
export class StreamOpening implements MediaStreamListener {
  private readonly deadline: Timer;
  private noise = 0;
  private isSettled = false;

  constructor(private readonly options: StreamOpeningOptions) {
    options.stream.listener = this;
    this.deadline = options.clock.setTimer(() => this.refuse('late'), START_WITHIN_MS);
  }

  start(start: MediaStreamStart): void {
    try {
      this.options.onStart(start);
      this.settle(false);
    } catch (error) {
      if (error instanceof StreamRefusal) return this.refuse(error.reason, error.message);
      this.options.events.wsHandlerError(error);
      this.refuse('failed');
    }
  }
  refused(): void {
    this.noise += 1;
    if (this.noise >= MAX_NOISE) this.refuse('noise');
  }
  closed(): void {
    this.settle(true);
  }

  // The decoder lets none of these through before a start.
  media(): boolean {
    return true;
  }
  mark(): void {
    // See above.
  }
  dtmf(): void {
    // See above.
  }
  stop(): void {
    // See above.
  }

  private refuse(reason: StartRefusal, detail = ''): void {
    const { stream, events } = this.options;
    events.wsRefused({ at: 'start', reason }, detail);
    stream.listener = null;
    this.settle(true);
    stream.close(REFUSED);
  }

  private settle(isRefused: boolean): void {
    if (this.isSettled) return;
    this.isSettled = true;
    this.deadline.cancel();
    this.options.onSettled(isRefused);
  }
}
