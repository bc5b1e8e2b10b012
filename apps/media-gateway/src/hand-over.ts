import { type GatewayEvents } from './events';
import { type CallRecord, type StreamRegistry } from './streams/stream-registry';

const LOOK_EVERY_MS = 50;
/** In a pause that has just begun nobody is about to speak, nor in one that lasts; between the two somebody is. */
const FRESH_PAUSE_MS = 500;
const LONG_PAUSE_MS = 2500;
/** So long a stream may wait for a moment in which nothing would be lost: about as long as a question and its answer take. */
const GOOD_MOMENT_MS = 8000;
/** From the closed stream to its successor at another replica: Twilio's request, a connection, a start. */
const TAKEN_UP_MS = 10_000;
/** All calls are given within about this. */
const SPREAD_MS = 12_000;
/** What is left then goes at once: the process ends before long (HAND_OVER_MS of app.ts), and whoever is left is cut. */
const LATEST_MS = 15_000;
/** From a stream's end to its successor's start on a busy machine. */
const USUAL_MS = 500;
const FEWEST_AT_ONCE = 8;
/** One that takes longer does not hold up the others. */
const SLOW_MS = 2000;

export interface HandOverOptions {
  readonly registry: StreamRegistry;
  readonly events: GatewayEvents;
}

/** Calls that may be on their way at once: few, so that whoever takes them up has time for each. */
export const widthFor = (calls: number): number =>
  Math.max(FEWEST_AT_ONCE, Math.ceil((calls * USUAL_MS) / SPREAD_MS));

/**
 * Gives the calls of a replica that must end to the others (RT10): each stream is closed in a pause of the talk, not
 * between a question and its answer, where the other replica would not know what was asked; Twilio
 * then asks `/webhook/stream_ended`, and whoever answers learns from this replica that the call lives, how far it was, and
 * that this was no break. So this replica must answer until every call has its next stream, and must take none itself.
 *
 * A few at a time: what comes as one wave is taken up late, and every caller of it hears the gap. Who is in a good pause
 * goes first: what is said between two streams is lost. Who never is goes after 8 s, in its turn.
 */
export class HandOver {
  /** Set from the first closed stream on: a stream that comes here all the same is sent on at its start. */
  isUnderWay = false;

  constructor(private readonly options: HandOverOptions) {}

  /** Resolves when every call is elsewhere, or over, or was not taken up in time. */
  async run(): Promise<void> {
    const { registry, events } = this.options;
    this.isUnderWay = true;
    const calls = registry.live();
    const waiting = new Set(calls);
    const given: { readonly sinceMs: number; readonly taken: Promise<boolean>; isDone: boolean }[] = [];
    const startedAtMs = performance.now();
    const width = widthFor(calls.length);
    while (waiting.size > 0) {
      const passedMs = performance.now() - startedAtMs;
      let onTheirWay = given.filter(({ isDone, sinceMs }) => !isDone && passedMs - sinceMs < SLOW_MS).length;
      for (const record of waiting) {
        const { session } = record;
        const isLeft = session && record.phase === 'live';
        const isGoodMoment = isGoodPause(session?.pauseMs() ?? null) || passedMs >= GOOD_MOMENT_MS;
        const hasRoom = onTheirWay < width || passedMs >= LATEST_MS;
        if (isLeft && !(isGoodMoment && hasRoom)) continue;
        waiting.delete(record);
        if (!isLeft) continue;
        onTheirWay += 1;
        const taken = this.give(record);
        const one = { sinceMs: passedMs, taken, isDone: false };
        given.push(one);
        void taken.then(() => (one.isDone = true));
      }
      if (waiting.size > 0) await pause(LOOK_EVERY_MS);
    }
    const outcomes = await Promise.all(given.map(({ taken }) => taken));
    const lost = outcomes.filter((isTaken) => !isTaken).length;
    events.handedOver(calls.length - lost, calls.length);
  }

  /** A stream started here although this replica leaves: the call is to be taken up by another one. */
  sendOn(record: CallRecord, generation: number): void {
    record.generation = generation;
    record.phase = 'live';
    record.isHandedOver = true;
  }

  /** @returns whether the call is elsewhere, or over, in time */
  private give(record: CallRecord): Promise<boolean> {
    const { generation } = record;
    record.isHandedOver = true;
    record.session?.abandon();
    // A stream that a peer reports, or the end of the call: `ringing` is only our own answer to Twilio's request.
    const isElsewhere = (): boolean => record.generation > generation && record.phase !== 'ringing';
    return until(() => isElsewhere() || record.phase === 'ended', TAKEN_UP_MS);
  }
}

const isGoodPause = (pauseMs: number | null): boolean =>
  pauseMs !== null && (pauseMs < FRESH_PAUSE_MS || pauseMs >= LONG_PAUSE_MS);

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @returns whether it became true in time */
const until = async (isTrue: () => boolean, timeoutMs: number): Promise<boolean> => {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    if (isTrue()) return true;
    await pause(LOOK_EVERY_MS);
  }
  return isTrue();
};
