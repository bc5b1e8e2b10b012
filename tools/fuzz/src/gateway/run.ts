import { randomInt } from 'node:crypto';
import { cpus } from 'node:os';
import {
  exactly,
  type Figure,
  LatenessProbe,
  notMeasured,
  type Run,
  told,
  upTo,
} from '@frontdesk/run-report';
import { type EpisodeCounts, runEpisode } from './episodes';
import { ExpectedRefusals } from './expected-refusals';
import { GatewayMetrics } from './gateway-metrics';
import { type GatewayWorld, NOISY_NUMBER, startWorld, STEADY_NUMBER } from './gateway-world';
import { MemoryWatch } from './memory-watch';
import { SentLog } from './sent-log';
import { SteadyCall, type SteadyOutcome } from './steady-call';
import { TwilioSide } from './twilio-side';

const MESSAGES = 100_000;
const SMALL_SECONDS = 30;
const AT_ONCE = 8;
/** Watches, retries, kept-alive connections and last transcripts all end well within this. */
const SETTLE_MS = 45_000;
/** Connections to neighbours that are opened when they are first needed, with their timers; not one for each call. */
const MAX_LEFT_OVER = 12;
/** Of a heap that breathes; a leak of 1 kB a message would show ten times this. */
const MAX_GROWTH_MB = 12;

/** Anything, from both sides, at one gateway: it lives, leaks nothing, counts what it refuses, and others do not notice. */
export const runGatewayFuzz: Run = async ({ isSmall, numbers, signal, say }) => {
  const seed = numbers.seed ?? randomInt(1, 2 ** 31);
  const seconds = numbers.seconds ?? (isSmall ? SMALL_SECONDS : undefined);
  const messages = seconds === undefined ? (numbers.messages ?? MESSAGES) : Infinity;
  say(`seed ${seed} (--seed ${seed} sends the same again)`);
  await using world = await startWorld(seed, say);
  await using probe = new LatenessProbe();
  const sent = new SentLog();
  const counts = noCounts();
  const expected = new ExpectedRefusals();
  const twilio = new TwilioSide(world.port);
  const idle = await settled(world, null);
  const steady = new SteadyCall(twilio, world.steady, seed + 20);
  await steady.open(STEADY_NUMBER);
  const memory = new MemoryWatch(world.port);
  const problems: string[] = [];
  const startedAt = performance.now();
  const isOver = (): boolean =>
    signal.aborted ||
    !world.gateway.isRunning ||
    counts.messages + world.model.counts.messages >= messages ||
    performance.now() - startedAt >= (seconds ?? 3600) * 1000;
  let episodes = 0;
  const work = async (): Promise<void> => {
    while (!isOver()) {
      const number = episodes++;
      const note = (line: string): void => sent.note(`${number}: ${line}`);
      await runEpisode(seed, number, { twilio, number: NOISY_NUMBER, expected, counts, note }).catch(
        (error: unknown) => problems.push(`episode ${number}: ${String(error)}`),
      );
      if (number % 500 === 499) say(`${counts.messages + world.model.counts.messages} messages`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  const tookSeconds = (performance.now() - startedAt) / 1000;
  signal.throwIfAborted();
  memory.stop();
  const outcome = await steady.close();
  const after = await settled(world, idle);
  const metrics = await GatewayMetrics.of(world.port).catch(() => null);
  const figures = [
    told('messages of Twilio’s side', 'messages', counts.messages),
    told('messages of the model’s side', 'messages', world.model.counts.messages),
    told('webhooks', 'requests', counts.webhooks),
    exactly('the gateway ended', 'times', world.gateway.isRunning ? 0 : 1, 0),
    exactly('episodes that broke a rule', 'episodes', problems.length, 0),
    exactly('answers of 500 and more', 'answers', counts.serverErrors, 0),
    ...refusalFigures(metrics, expected, counts),
    exactly(
      'errors in handling a message',
      'errors',
      metrics?.sum('gateway_handler_errors_total') ?? null,
      0,
    ),
    growth(memory),
    told('heap, most', 'MB', memory.peakMb),
    exactly('calls left over', 'calls', metrics?.sum('gateway_active_calls') ?? null, 0),
    ...after.map(([kind, more]) => upTo(`${kind} left over`, 'open', more, MAX_LEFT_OVER)),
    ...steadyFigures(world, outcome),
  ];
  const failed = figures.filter(({ ok }) => ok === false);
  if (failed.length > 0) {
    const what = failed.map(({ figure, value, goal }) => `${figure}: ${value}, not ${goal}`);
    const differing = metrics ? expected.differences(metrics.refusals('message')) : [];
    const log = world.gateway.output.tail(60).split('\n');
    say(
      `what was sent last is in ${sent.write(seed, [...what, ...problems.slice(0, 50), ...differing, ...log])}`,
    );
  }
  return {
    conditions: {
      seed,
      episodes,
      tookSeconds: Math.round(tookSeconds),
      node: process.version,
      cores: cpus().length,
      latestWakeUpMs: probe.maxMs(),
    },
    figures,
  };
};

const noCounts = (): EpisodeCounts => ({
  messages: 0,
  webhooks: 0,
  serverErrors: 0,
  refusedUpgrades: 0,
  refusedStarts: 0,
  badWebhooks: 0,
});

const sumOf = (counts: ReadonlyMap<string, number> | undefined): number | null =>
  counts ? [...counts.values()].reduce((sum, count) => sum + count, 0) : null;

/** Each refusal that must have happened is in the metric, no more and no less. */
const refusalFigures = (
  metrics: GatewayMetrics | null,
  expected: ExpectedRefusals,
  counts: EpisodeCounts,
): Figure[] => [
  exactly('messages refused and counted', 'messages', sumOf(metrics?.refusals('message')), expected.total),
  exactly(
    'reasons whose counts differ',
    'reasons',
    metrics ? expected.differences(metrics.refusals('message')).length : null,
    0,
  ),
  exactly(
    'upgrades refused and counted',
    'upgrades',
    sumOf(metrics?.refusals('upgrade')),
    counts.refusedUpgrades,
  ),
  exactly('starts refused and counted', 'starts', sumOf(metrics?.refusals('start')), counts.refusedStarts),
  exactly('bad webhooks counted', 'requests', sumOf(metrics?.refusals('webhook')), counts.badWebhooks),
  told('malformed events of the model counted', 'events', sumOf(metrics?.refusals('model'))),
];

const growth = (memory: MemoryWatch): Figure =>
  memory.growthMb === null
    ? notMeasured('growth of the heap', 'MB', `≤ ${MAX_GROWTH_MB}`, 'a run of under a minute')
    : upTo('growth of the heap', 'MB', memory.growthMb, MAX_GROWTH_MB);

/** The call beside it all: every byte of both directions, in order. */
const steadyFigures = (world: GatewayWorld, outcome: SteadyOutcome): Figure[] => {
  const toHear = Buffer.concat([world.greeting, ...world.steady.said]);
  const heardByModel = world.steady.heard;
  const missingMs = (outcome.said.length - heardByModel.length) / 8;
  return [
    exactly('healthy call: still open at the end', 'calls', outcome.isOpen ? 1 : 0, 1),
    exactly('healthy call: sessions with the model', 'sessions', world.steady.sessions, 1),
    exactly('healthy call: turns answered', 'turns', world.steady.said.length, outcome.turns),
    exactly(
      'healthy call: frames heard, in order and unchanged',
      'frames',
      sameFrames(outcome.heard, toHear),
      toHear.length / 160,
    ),
    exactly('healthy call: frames heard in all', 'frames', outcome.heard.length / 160, toHear.length / 160),
    exactly(
      'healthy call: frames of the caller that the model got changed',
      'frames',
      heardByModel.length / 160 - sameFrames(heardByModel, outcome.said),
      0,
    ),
    upTo('healthy call: audio of the caller not yet with the model', 'ms', missingMs, 100),
  ];
};

const sameFrames = (actual: Buffer, wanted: Buffer): number => {
  let frames = 0;
  for (let at = 0; at + 160 <= Math.min(actual.length, wanted.length); at += 160) {
    if (!actual.subarray(at, at + 160).equals(wanted.subarray(at, at + 160))) break;
    frames += 1;
  }
  return frames;
};

/** Kinds of open things; those of idle, or, given these, how many more of each there are once all has settled. */
const settled = async (
  world: GatewayWorld,
  idle: readonly (readonly [string, number])[] | null,
): Promise<[string, number][]> => {
  const kinds = ['TCPSocketWrap', 'Timeout'];
  const deadline = performance.now() + (idle ? SETTLE_MS : 0);
  for (;;) {
    if (!world.gateway.isRunning) return [];
    const metrics = await GatewayMetrics.of(world.port);
    const resources = metrics.resources();
    const now = kinds.map((kind): [string, number] => [kind, resources.get(kind) ?? 0]);
    const before = new Map(idle ?? []);
    const more = now.map(([kind, count]): [string, number] => [
      kind,
      Math.max(0, count - (before.get(kind) ?? 0)),
    ]);
    if (!idle) return now;
    const isQuiet =
      more.every(([, count]) => count <= MAX_LEFT_OVER) && metrics.sum('gateway_active_calls') === 0;
    if (isQuiet || performance.now() > deadline) return more;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
};
