import {
  atLeast,
  below,
  exactly,
  type Figure,
  near,
  notMeasured,
  spoiled,
  told,
  upTo,
} from '@frontdesk/run-report';
import { type Stretch } from './gateway-run';
import { type Sizes } from './sizes';
import { type MeasuresSnapshot } from '../load/measures';

/** Beyond this the generator adds to what it measures: at half of it, a tenth of the gap that is asked. */
const GENERATOR_LATE_P999_MS = 12;
const GAP_P999_MS = 60;
const FPS_TOLERANCE = 0.1;

export interface MemoryUse {
  readonly idleBytes: number;
  readonly loadedBytes: number;
  readonly bytesPerCall: number;
}

/** The generator itself was late: what it saw of times says nothing about the gateway. */
export const isSpoiled = ({ lateness }: MeasuresSnapshot): boolean =>
  (lateness.p999 ?? Infinity) > GENERATOR_LATE_P999_MS;

/** Withdraws the verdict over times where the generator was late. */
const timely = (seen: MeasuresSnapshot, figure: Figure): Figure =>
  isSpoiled(seen)
    ? spoiled(figure, `the generator was ${Math.round(seen.lateness.p999 ?? 0)} ms late`)
    : figure;

/** All callers hear what they should, in time. */
export const holds = ({ seen }: Stretch): boolean =>
  seen.counts.underruns === 0 &&
  seen.counts.callsBroken === 0 &&
  (seen.gaps.p999 ?? Infinity) <= GAP_P999_MS &&
  Math.abs((seen.fps ?? 0) - 50) <= FPS_TOLERANCE;

/** 20 ms of every second and call in which the agent is heard. */
const talkShare = ({ seen, calls }: Stretch): number => (seen.counts.frames * 0.02) / (seen.seconds * calls);

export const steadyFigures = (steady: Stretch): Figure[] => {
  const { seen, calls } = steady;
  const at = (what: string): string => `${what} at ${calls} calls`;
  return [
    timely(seen, upTo(at('frame arrival gap p99.9'), 'ms', seen.gaps.p999, GAP_P999_MS)),
    told(at('frame arrival gap, largest'), 'ms', seen.gaps.max, 1),
    timely(seen, exactly(at("underruns of the callers' playout"), 'times', seen.counts.underruns, 0)),
    timely(seen, near(at('frames a second within a spurt'), '1/s', seen.fps, 50, FPS_TOLERANCE)),
    exactly(at('calls broken'), 'calls', seen.counts.callsBroken, 0),
    ...breakLines(seen),
    exactly(
      at('frames lost, doubled or out of order'),
      'frames',
      seen.counts.framesOutOfOrder + seen.counts.framesUnknown,
      0,
    ),
    atLeast(at('share of time in which the agent talks'), '%', Math.round(talkShare(steady) * 100), 50),
    told(
      at('full collections of the heap a minute'),
      '1/min',
      steady.fullCollections === null ? null : (steady.fullCollections / seen.seconds) * 60,
      1,
    ),
    told('lateness of the generator p99.9', 'ms', seen.lateness.p999, 1),
  ];
};

/** Why calls broke, where any did. */
const breakLines = ({ breaks }: MeasuresSnapshot): Figure[] => countLines(breaks, 'calls');

const countLines = (counts: Readonly<Record<string, number>>, unit: string): Figure[] =>
  Object.entries(counts).map(([what, value]) => ({ figure: `  ${what}`, unit, value, goal: null, ok: null }));

export const firstAudioFigure = (seen: MeasuresSnapshot, calls: number): Figure =>
  timely(
    seen,
    upTo(
      `first audio after start, cached, p99 of ${seen.firstAudio.count} at ${calls} calls`,
      'ms',
      seen.firstAudio.p99,
      50,
    ),
  );

export const queueFigures = (from: {
  drops: number | null;
  maxDepth: number | null;
  seen: MeasuresSnapshot;
}): Figure[] => [
  exactly('frames dropped from the TX queue', 'frames', from.drops ?? 0, 0),
  timely(from.seen, below('deepest TX queue', 'frames', from.maxDepth, 10)),
];

/** The calls' events are part of what a call costs: they must have gone to the broker, not only into a buffer. */
export const publishedFigure = (published: number | null, calls: number): Figure =>
  atLeast('events of the calls acknowledged by the broker', 'events', published ?? 0, 3 * calls);

/** What a process costs while nobody calls is spread over few calls in the small form: no verdict there. */
const ASKED_AT_CALLS = 300;
const atAskedLoad = (calls: number, figure: Figure): Figure =>
  calls < ASKED_AT_CALLS ? spoiled(figure, `asked at ${ASKED_AT_CALLS} calls`) : figure;

const cpuPerCallMinute = ({ cost, calls }: Stretch): number | null =>
  cost && cost.cpuMs / (cost.wallMs / 60_000) / calls;

export const costFigures = (gateway: Stretch, forwarder: Stretch): Figure[] => {
  const ours = cpuPerCallMinute(gateway);
  const bare = cpuPerCallMinute(forwarder);
  const ratio = `CPU of a call-minute at ${gateway.calls} calls, gateway to bare forwarder`;
  if (ours === null || bare === null) return [notMeasured(ratio, '×', '≤ 1.3', 'no /proc here')];
  return [
    told('CPU of a call-minute, gateway', 'ms', ours),
    told('CPU of a call-minute, bare forwarder', 'ms', bare),
    told('share of its time in which the agent talks, forwarder', '%', talkShare(forwarder) * 100),
    atAskedLoad(gateway.calls, upTo(ratio, '×', ours / bare, 1.3, 2)),
  ];
};

export const memoryFigures = (memory: MemoryUse | null, calls: number): Figure[] => {
  const figure = `memory a call at ${calls} calls (resident, above idle)`;
  if (!memory) return [notMeasured(figure, 'kB', '≤ 200', 'no /proc here')];
  return [
    told('memory, idle after warming up', 'MB', memory.idleBytes / 1e6),
    atAskedLoad(calls, upTo(figure, 'kB', memory.bytesPerCall / 1000, 200, 0)),
  ];
};

/** The most calls at which all holds. Where the generator gave out before the gateway, that is all that can be said. */
export const capacityFigures = (steps: readonly Stretch[]): Figure[] => {
  const name = 'most calls at which all of this holds';
  const good = steps.filter((step) => holds(step) && !isSpoiled(step.seen)).at(-1)?.calls ?? 0;
  const figure = atLeast(name, 'calls', good, 800);
  const last = steps.at(-1)!;
  const lines = steps.slice(1).map((step) => stepFigure(step));
  const isLimitFound = !holds(last) && !isSpoiled(last.seen);
  if (isLimitFound || good >= 800) return [...lines, figure];
  return [
    ...lines,
    spoiled(figure, isSpoiled(last.seen) ? 'the generator was late' : 'not stepped up further'),
  ];
};

const stepFigure = (step: Stretch): Figure => {
  const { seen, calls, cost } = step;
  const load = cost ? `, CPU ${Math.round((cost.cpuMs / cost.wallMs) * 100)} %` : '';
  return {
    figure: `${calls} calls`,
    unit: '',
    value:
      `gap ${seen.gaps.p999?.toFixed(0)} ms, ${seen.counts.underruns} underruns, ` +
      `${seen.fps?.toFixed(2)} fps, ${seen.counts.callsBroken} broken${load}, generator ${seen.lateness.p999?.toFixed(1)} ms`,
    goal: null,
    ok: null,
  };
};

export const stallFigures = ({ seen, calls }: Stretch): Figure[] => [
  timely(
    seen,
    exactly(
      `underruns with stalls of 100 ms every second, ${calls} calls`,
      'times',
      seen.counts.underruns,
      0,
    ),
  ),
  told('silence heard by them in all', 'ms', seen.underrunMs),
  exactly('calls broken with stalls', 'calls', seen.counts.callsBroken, 0),
];

export const bargeInFigures = (
  seen: MeasuresSnapshot,
  sizes: Sizes,
  lostCancels: number | null,
): Figure[] => {
  const { counts } = seen;
  const kinds = Object.entries(seen.bargeInKinds).map(([kind, count]) => `${kind} ${count}`);
  return [
    atLeast('barge-ins', 'times', counts.bargeIns, sizes.bargeIns),
    { figure: 'of the kinds', unit: '', value: kinds.join(', '), goal: null, ok: null },
    timely(seen, upTo('cancel after speech_started p99', 'ms', seen.cancelLatency.p99, 20)),
    timely(seen, upTo('cancel after speech_started, latest', 'ms', seen.cancelLatency.max, 100)),
    timely(seen, upTo('old response heard after speech_started p99', 'ms', seen.lastAudible.p99, 180)),
    timely(seen, exactly('frames of an old response after 180 ms', 'frames', counts.staleFrames, 0)),
    ...countLines(seen.staleKinds, 'frames'),
    exactly('cancels of a response known to be done', 'times', counts.cancelsAfterDone, 0),
    exactly('cancels left out', 'times', counts.cancelsMissing, 0),
    exactly('cancels repeated', 'times', counts.cancelsRepeated, 0),
    told('cancels that met the end of their response on the way', 'times', counts.cancelsCrossed),
    told('of these counted by the gateway', 'times', lostCancels),
    upTo('truncation off what was heard, largest', 'ms', seen.truncationError.max, 40, 0),
    exactly('truncations or deletions left out', 'times', counts.truncationsMissing, 0),
    timely(
      seen,
      exactly('greetings cut within their protected start', 'times', counts.protectedGreetingsCut, 0),
    ),
    exactly('calls broken while interrupting', 'calls', counts.callsBroken, 0),
    ...breakLines(seen),
    exactly('frames out of order', 'frames', counts.framesOutOfOrder + counts.framesUnknown, 0),
    told('lateness of the generator p99.9 meanwhile', 'ms', seen.lateness.p999, 1),
  ];
};
