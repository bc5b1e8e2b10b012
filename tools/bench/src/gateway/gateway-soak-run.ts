import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { exactly, type Figure, type Run, told, upTo } from '@frontdesk/run-report';
import { BenchWorld, type Measured } from './bench-world';
import { GREETING_FRAMES } from './neighbours';
import { processCost } from '../machine/process-cost';
import { metricSum } from '../machine/prometheus-text';

const DEFAULT_MINUTES = 30;
const SMALL_MINUTES = 0.5;
/** Most of what a call leaves behind for a while (timers of its close, transcripts still to come) is gone by then. */
const AFTER_MS = 15_000;
const SAMPLE_MS = 5000;

/** What a process holds. */
interface Holding {
  readonly residentMb: number;
  readonly heapMb: number;
  readonly timers: number;
  readonly sockets: number;
}

/** `npm run bench gateway-soak`: calls coming and going; memory, timers and sockets before, while and after. */
export const gatewaySoakRun: Run = async ({ isSmall, numbers, signal, say }) => {
  const minutes = numbers.minutes ?? (isSmall ? SMALL_MINUTES : DEFAULT_MINUTES);
  const calls = isSmall ? 30 : 100;
  const churnPerSecond = calls / 20;
  const loadBefore = loadavg()[0];
  await using world = await BenchWorld.start(signal);
  await using gateway = await world.startGateway();
  const { generator } = world;
  await generator.use({ target: gateway.target, script: 'barge-in', greetingFrames: GREETING_FRAMES });
  await generator.hold({ calls, perSecond: calls / 2 });
  await sleep(SAMPLE_MS, undefined, { signal });
  await generator.end();
  await sleep(AFTER_MS, undefined, { signal });
  const idleBefore = await holding(gateway);
  await generator.reset();
  await generator.hold({ calls, perSecond: 2 * churnPerSecond + 10, churnPerSecond });
  const samples: Holding[] = [];
  const untilMs = performance.now() + minutes * 60_000;
  while (performance.now() < untilMs) {
    await sleep(SAMPLE_MS, undefined, { signal });
    samples.push(await holding(gateway));
    if (samples.length % 12 === 0)
      say(`${(samples.length * SAMPLE_MS) / 60_000} min: ${JSON.stringify(samples.at(-1))}`);
  }
  const seen = await generator.read();
  await generator.end();
  await sleep(AFTER_MS, undefined, { signal });
  const idleAfter = await holding(gateway);
  return {
    conditions: {
      node: process.version,
      processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      pinned: world.isPinned,
      minutes,
      calls: `${calls} at a time, ${churnPerSecond} a second coming and going, every kind of barge-in`,
      loadAverageBefore: loadBefore,
      loadAverageAfter: loadavg()[0],
    },
    figures: [
      told('calls', 'calls', seen.counts.callsStarted),
      told('barge-ins', 'times', seen.counts.bargeIns),
      exactly('calls broken', 'calls', seen.counts.callsBroken, 0),
      ...growthFigures(samples),
      exactly(
        'timers more than before, once idle',
        'timers',
        Math.max(0, idleAfter.timers - idleBefore.timers),
        0,
      ),
      exactly(
        'sockets more than before, once idle',
        'sockets',
        Math.max(0, idleAfter.sockets - idleBefore.sockets),
        0,
      ),
      told('heap, idle before', 'MB', idleBefore.heapMb, 1),
      told('heap, idle after', 'MB', idleAfter.heapMb, 1),
      told('memory, idle after', 'MB', idleAfter.residentMb),
    ],
  };
};

/** Memory of the second half against the end of the first: flat is what stays within a tenth. */
const growthFigures = (samples: readonly Holding[]): Figure[] => {
  const half = Math.floor(samples.length / 2);
  const quarter = Math.floor(samples.length / 4);
  const least = (from: number, to: number): number =>
    Math.min(...samples.slice(from, to).map(({ heapMb }) => heapMb));
  const early = least(quarter, half);
  const late = least(samples.length - Math.max(1, half - quarter), samples.length);
  const residents = samples.slice(half).map(({ residentMb }) => residentMb);
  return [
    upTo('heap of the last quarter to the second', '×', late / early, 1.1, 2),
    told('memory, largest in the second half', 'MB', Math.max(...residents)),
  ];
};

const holding = async (gateway: Measured): Promise<Holding> => {
  const text = await gateway.metrics();
  const resources = (type: string): number =>
    metricSum(text.replaceAll(`{type="${type}"}`, `_${type}`), `nodejs_active_resources_${type}`) ?? 0;
  return {
    residentMb: (processCost(gateway.pid)?.residentBytes ?? 0) / 1e6,
    heapMb: (metricSum(text, 'nodejs_heap_size_used_bytes') ?? 0) / 1e6,
    timers: resources('Timeout'),
    sockets: resources('TCPSocketWrap'),
  };
};
