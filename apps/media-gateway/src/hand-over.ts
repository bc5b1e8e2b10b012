import { type GatewayEvents } from './events';
import { type CallRecord, type StreamRegistry } from './streams/stream-registry';

const LOOK_EVERY_MS = 50;
/** So long a stream may wait for a moment in which nothing would be lost: about as long as a question and its answer take. */
const GOOD_MOMENT_MS = 8000;
/** From the closed stream to its successor at another replica: Twilio's request, a connection, a start. */
const TAKEN_UP_MS = 10_000;

export interface HandOverOptions {
  readonly registry: StreamRegistry;
  readonly events: GatewayEvents;
}

/**
 * Gives the calls of a replica that must end to the others (RT10): each stream is closed in a pause of the talk, not
 * between a question and its answer, where the other replica would not know what was asked; Twilio
 * then asks `/webhook/stream_ended`, and whoever answers learns from this replica that the call lives, how far it was, and
 * that this was no break. So this replica must answer until every call has its next stream, and must take none itself.
 */
export class HandOver {
  /** Set from the first closed stream on: a stream that comes here all the same is sent on at its start. */
  isUnderWay = false;

  constructor(private readonly options: HandOverOptions) {}

  /** Resolves when every call is elsewhere, or over, or was not taken up in time. */
  async run(): Promise<void> {
    const { registry, events } = this.options;
    this.isUnderWay = true;
    const left = registry.live();
    const outcomes = await Promise.all(left.map((record) => this.handOver(record)));
    events.handedOver(outcomes.filter(Boolean).length, left.length);
  }

  /** A stream started here although this replica leaves: the call is to be taken up by another one. */
  sendOn(record: CallRecord, generation: number): void {
    record.generation = generation;
    record.phase = 'live';
    record.isHandedOver = true;
  }

  private async handOver(record: CallRecord): Promise<boolean> {
    const { session, generation } = record;
    if (!session) return true;
    const isOver = (): boolean => record.session !== session || record.phase !== 'live';
    await until(() => isOver() || session.isQuiet, GOOD_MOMENT_MS);
    if (isOver()) return true;
    record.isHandedOver = true;
    session.abandon();
    // A stream that a peer reports, or the end of the call: `ringing` is only our own answer to Twilio's request.
    const isElsewhere = (): boolean => record.generation > generation && record.phase !== 'ringing';
    return until(() => isElsewhere() || record.phase === 'ended', TAKEN_UP_MS);
  }
}

/** @returns whether it became true in time */
const until = async (isTrue: () => boolean, timeoutMs: number): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (isTrue()) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return isTrue();
};
