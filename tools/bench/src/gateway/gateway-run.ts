import { cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Figure, LatenessProbe, type Run, type RunContext } from '@frontdesk/run-report';
import { BenchWorld, type Measured, STALL_PRELOAD } from './bench-world';
import * as figures from './gateway-figures';
import { GREETING_FRAMES } from './neighbours';
import { type Sizes, sizesOf } from './sizes';
import { type MeasuresSnapshot } from '../load/measures';
import { processCost, type ProcessCost } from '../machine/process-cost';
import { metricSum } from '../machine/prometheus-text';

/** Calls a second that come in while a load is built up. */
const RAMP_PER_SECOND = 40;
/** How the gateway counts a cancel that met a response already done. */
const LOST_CANCELS = 'gateway_model_errors_absorbed_total{problem="nothing-to-cancel"}';
/** How often a step is looked at whose figures the generator spoils. */
const MAX_LOOKS = 3;
/** Calls that were added have come to rest by then. */
const SETTLE_MS = 3000;

/** What was seen in a stretch of steady load, and what it cost. */
export interface Stretch {
  readonly calls: number;
  readonly seen: MeasuresSnapshot;
  readonly cost: { readonly cpuMs: number; readonly wallMs: number } | null;
  /** Full collections of the heap; null for a process that does not tell. */
  readonly fullCollections: number | null;
}

/** `npm run bench gateway`. */
export const gatewayRun: Run = async (context) => {
  const sizes = sizesOf(context.isSmall);
  await using probe = new LatenessProbe();
  const loadBefore = loadavg()[0];
  const startedAt = performance.now();
  await using world = await BenchWorld.start(context.signal);
  const all: Figure[] = [
    ...(await loadFigures(world, context, sizes)),
    ...(await stallFigures(world, context, sizes)),
    ...(await bargeInFigures(world, context, sizes)),
  ];
  return {
    conditions: {
      node: process.version,
      processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
      pinned: world.isPinned
        ? `gateway on core ${world.cores!.measured}, generator on ${world.cores!.generator}`
        : 'no',
      processes:
        'gateway, generator (callers and model) and broker each a process of its own; greeting-service and recording-service stand-ins; LOG_LEVEL info; memory settings of the deployment, the forwarder too',
      load: `turns of 1.2 s of the caller and 5 to 7 s of the agent, model audio at 4 × real time in deltas of 200 ms`,
      loadAverageBefore: loadBefore,
      loadAverageAfter: loadavg()[0],
      latestWakeUpMs: probe.maxMs(),
      tookSeconds: Math.round((performance.now() - startedAt) / 1000),
    },
    figures: all,
  };
};

/** Steady load, comings and goings, steps upward, and the forwarder for comparison. */
const loadFigures = async (world: BenchWorld, context: RunContext, sizes: Sizes): Promise<Figure[]> => {
  const { generator } = world;
  const { say } = context;
  const steps: Stretch[] = [];
  let memory: figures.MemoryUse | null = null;
  let arrivals: MeasuresSnapshot;
  let steady: Stretch;
  let maxDepth: number | null;
  let drops: number | null;
  let published: number | null;
  {
    await using gateway = await world.startGateway();
    await warmUp(world, gateway, sizes);
    await generator.end();
    const idle = processCost(gateway.pid);
    say(`gateway: ${sizes.calls} calls for ${sizes.steadyMs / 1000} s`);
    steady = await stretch(world, gateway, sizes.calls, sizes.steadyMs, sizes.compiledAfterMs);
    memory = memoryUse(idle, processCost(gateway.pid), sizes.calls);
    say(`gateway: ${sizes.calls} calls, ${sizes.churnPerSecond} a second coming and going`);
    await generator.reset();
    await generator.hold({
      calls: sizes.calls,
      perSecond: RAMP_PER_SECOND,
      churnPerSecond: sizes.churnPerSecond,
    });
    await sleep(sizes.churnMs, undefined, { signal: context.signal });
    arrivals = await generator.read();
    for (let calls = sizes.calls + sizes.stepCalls; calls <= sizes.maxCalls; calls += sizes.stepCalls) {
      say(`gateway: ${calls} calls for ${sizes.stepMs / 1000} s`);
      const step = await timelyStretch(world, context, gateway, calls, sizes.stepMs).catch(
        (error: unknown) => {
          say(`gateway: ${calls} calls: ${String(error)}`);
          return null;
        },
      );
      if (step) steps.push(step);
      if (!step || !figures.holds(step) || figures.isSpoiled(step.seen)) break;
    }
    maxDepth = metricSum(await gateway.metrics(), 'gateway_tx_queue_max_depth_frames');
    await generator.end();
    const metrics = await gateway.metrics();
    drops = metricSum(metrics, 'gateway_frames_dropped_total');
    published = metricSum(metrics, 'frontdesk_messages_published_total');
  }
  const bare = await forwarderStretch(world, context, sizes);
  return [
    ...figures.steadyFigures(steady),
    figures.firstAudioFigure(arrivals, sizes.calls),
    ...figures.queueFigures({ drops, maxDepth, seen: steady.seen }),
    figures.publishedFigure(published, sizes.calls),
    ...figures.costFigures(steady, bare),
    ...figures.memoryFigures(memory, sizes.calls),
    ...figures.capacityFigures([steady, ...steps]),
  ];
};

/** Code is compiled and pools are filled by a few calls, so that what is counted is what calls cost. They go on. */
export const warmUp = async (
  { generator, signal }: BenchWorld,
  gateway: Measured,
  sizes: Sizes,
): Promise<void> => {
  await generator.use({ target: gateway.target, script: 'talk', greetingFrames: GREETING_FRAMES });
  await generator.hold({ calls: Math.min(20, sizes.calls), perSecond: RAMP_PER_SECOND });
  await sleep(SETTLE_MS, undefined, { signal });
};

/** The bare forwarder under the gateway's steady load. */
export const forwarderStretch = async (
  world: BenchWorld,
  { say }: RunContext,
  sizes: Sizes,
): Promise<Stretch> => {
  await using forwarder = await world.startForwarder();
  say(`forwarder: ${sizes.calls} calls for ${sizes.steadyMs / 1000} s`);
  await world.generator.use({ target: forwarder.target, script: 'talk', greetingFrames: 0 });
  const bare = await stretch(world, forwarder, sizes.calls, sizes.steadyMs, sizes.compiledAfterMs);
  await world.generator.end();
  return bare;
};

/** The event loop stands still for 100 ms once a second. */
const stallFigures = async (world: BenchWorld, context: RunContext, sizes: Sizes): Promise<Figure[]> => {
  context.say(`gateway with stalls: ${sizes.stallCalls} calls for ${sizes.stallMs / 1000} s`);
  await using gateway = await world.startGateway({ preload: STALL_PRELOAD });
  await world.generator.use({ target: gateway.target, script: 'talk', greetingFrames: GREETING_FRAMES });
  const seen = await stretch(world, gateway, sizes.stallCalls, sizes.stallMs);
  await world.generator.end();
  return figures.stallFigures(seen);
};

/** Callers who interrupt all the time, in every way. */
const bargeInFigures = async (world: BenchWorld, context: RunContext, sizes: Sizes): Promise<Figure[]> => {
  const { generator } = world;
  context.say(`gateway with barge-ins: ${sizes.bargeInCalls} calls until ${sizes.bargeIns} barge-ins`);
  await using gateway = await world.startGateway();
  await generator.use({ target: gateway.target, script: 'barge-in', greetingFrames: GREETING_FRAMES });
  await generator.reset();
  await generator.hold({ calls: sizes.bargeInCalls, perSecond: sizes.bargeInCalls / 2 });
  const untilMs = performance.now() + sizes.bargeInLimitMs;
  let seen = await generator.read();
  while (seen.counts.bargeIns < sizes.bargeIns && performance.now() < untilMs) {
    await sleep(500, undefined, { signal: context.signal });
    seen = await generator.read();
  }
  await generator.end();
  return figures.bargeInFigures(seen, sizes, metricSum(await gateway.metrics(), LOST_CANCELS));
};

/**
 * Looks again, a few times, while the generator was too late for the times it saw to say anything. Calls that broke are
 * never looked past: they count however late it was.
 */
const timelyStretch = async (
  world: BenchWorld,
  { say }: RunContext,
  measured: Measured,
  calls: number,
  ms: number,
): Promise<Stretch> => {
  for (let looks = 1; ; looks++) {
    const step = await stretch(world, measured, calls, ms);
    const { counts, lateness } = step.seen;
    if (!figures.isSpoiled(step.seen) || counts.callsBroken > 0 || looks === MAX_LOOKS) return step;
    say(`gateway: ${calls} calls: the generator was ${Math.round(lateness.p999 ?? 0)} ms late, again`);
  }
};

/** Brings the load to `calls`, lets it settle, and then looks at it. */
export const stretch = async (
  world: BenchWorld,
  measured: Measured,
  calls: number,
  ms: number,
  settleMs = SETTLE_MS,
): Promise<Stretch> => {
  const { generator, signal } = world;
  await generator.hold({ calls, perSecond: RAMP_PER_SECOND });
  await sleep(settleMs, undefined, { signal });
  await generator.reset();
  const collectedBefore = await fullCollections(measured);
  const before = processCost(measured.pid);
  const fromMs = performance.now();
  await sleep(ms, undefined, { signal });
  const after = processCost(measured.pid);
  const wallMs = performance.now() - fromMs;
  const seen = await generator.read();
  const cost = before && after ? { cpuMs: after.cpuMs - before.cpuMs, wallMs } : null;
  const collected = await fullCollections(measured);
  return {
    calls,
    seen,
    cost,
    fullCollections: collected === null || collectedBefore === null ? null : collected - collectedBefore,
  };
};

const fullCollections = async (measured: Measured): Promise<number | null> =>
  metricSum(await measured.metrics(), 'nodejs_gc_duration_seconds_count', { kind: 'major' });

const memoryUse = (
  idle: ProcessCost | null,
  loaded: ProcessCost | null,
  calls: number,
): figures.MemoryUse | null =>
  idle && loaded
    ? {
        idleBytes: idle.residentBytes,
        loadedBytes: loaded.residentBytes,
        bytesPerCall: (loaded.residentBytes - idle.residentBytes) / calls,
      }
    : null;
