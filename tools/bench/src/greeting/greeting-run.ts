import { cpus, loadavg } from 'node:os';
import { getFrames, putBusiness, speakGreeting } from '@frontdesk/contracts';
import {
  atLeast,
  atMost,
  exactly,
  type Figure,
  LatenessProbe,
  type Run,
  type RunContext,
  spoiled,
  told,
  upTo,
} from '@frontdesk/run-report';
import { eventually } from '@frontdesk/test-harness';
import { processCost } from '../machine/process-cost';
import { metricSum } from '../machine/prometheus-text';
import { firstAudioOf } from './first-audio';
import { GreetingWorld, type Replica } from './greeting-world';
import { type RequestsSeen, sendRequests } from './requests-process';

/** A generator that is late with more of its requests says nothing about milliseconds. */
const MOST_LATE_SHARE = 0.02;
const GOAL_MS = 5;
const FIRST_AUDIO_MS = 50;
const FIRST_CALLED = '+15005550002';
const WARM_MS = 3000;
const GREETING = 'Hello, this is the bakery of the benchmark, how can I help you today?';

/** `npm run bench greeting`. */
export const greetingRun: Run = async (context) => {
  await using probe = new LatenessProbe();
  const loadBefore = loadavg()[0];
  await using world = await GreetingWorld.start();
  const replicas: [Replica, Replica] = [await world.replica(), await world.replica()];
  try {
    const figures = [
      ...(await cachedFigures(world, replicas, context)),
      ...(await restartFigures(world, replicas)),
      ...(await firstCallFigures(world, replicas[0], context)),
      ...(await changeFigures(replicas)),
      ...(await liveFigures(world, replicas)),
      ...(await onceFigures(world, replicas, context)),
    ];
    return {
      conditions: {
        node: process.version,
        processor: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
        processes:
          'two replicas of greeting-service, PostgreSQL, broker, OpenAI simulator and the sender of requests, each a process of its own; LOG_LEVEL info; memory settings of the deployment',
        loadAverageBefore: loadBefore,
        loadAverageAfter: loadavg()[0],
        latestWakeUpMs: probe.maxMs(),
      },
      figures,
    };
  } finally {
    await Promise.all(replicas.map((replica) => replica[Symbol.asyncDispose]()));
  }
};

/**
 * Frames in memory, at the rate of a busy day. Nothing is pinned to a core: the service's collector has threads of its own,
 * and on one core with them it would be their pauses that are measured.
 */
const cachedFigures = async (
  world: GreetingWorld,
  [replica]: [Replica, Replica],
  { isSmall, say }: RunContext,
): Promise<Figure[]> => {
  const perSecond = isSmall ? 200 : 1000;
  const forMs = isSmall ? 3000 : 20_000;
  say(`greeting: ${perSecond} requests a second for ${forMs / 1000} s`);
  const { greeting } = await replica.business(GREETING);
  const order = {
    port: replica.process.listeningLine.port,
    request: replica.requestFor(greeting.key),
    perSecond,
  };
  // Code is compiled by then.
  await sendRequests(world.senderPort, { ...order, forMs: WARM_MS });
  const before = { cost: processCost(replica.process.pid), metrics: await replica.metrics() };
  const seen = await sendRequests(world.senderPort, { ...order, forMs });
  const after = { cost: processCost(replica.process.pid), metrics: await replica.metrics() };
  return figuresOf(seen, before, after, perSecond);
};

interface Account {
  readonly cost: ReturnType<typeof processCost>;
  readonly metrics: string;
}

const figuresOf = (seen: RequestsSeen, before: Account, after: Account, perSecond: number): Figure[] => {
  const name = `cached: GET of frames at ${perSecond} a second`;
  const p99 = upTo(`${name}, p99`, 'ms', seen.latency.p99, GOAL_MS);
  const late = seen.sentLate / Math.max(1, seen.answered);
  const spent = before.cost && after.cost ? after.cost.cpuMs - before.cost.cpuMs : null;
  return [
    late > MOST_LATE_SHARE ? spoiled(p99, `the sender was late with ${(100 * late).toFixed(1)} %`) : p99,
    told('the same, p50', 'ms', seen.latency.p50, 1),
    told('the same, longest', 'ms', seen.latency.max, 1),
    ownShare(before.metrics, after.metrics),
    told('processor time a request', 'ms', spent === null ? null : spent / Math.max(1, seen.answered), 2),
    told('requests a second', '', seen.perSecond),
    told('sent late, and not counted above', '%', 100 * late, 2),
    exactly('requests that failed', '', seen.failed, 0),
  ];
};

/** What the service itself says of its answers: from the request's arrival to the last byte given to the socket. */
const ownShare = (before: string, after: string): Figure => {
  const grown = (name: string, labels: Record<string, string> = {}): number =>
    (metricSum(after, name, { route: getFrames.path, ...labels }) ?? 0) -
    (metricSum(before, name, { route: getFrames.path, ...labels }) ?? 0);
  const fast = grown('http_request_duration_seconds_bucket', { le: String(GOAL_MS / 1000) });
  const share = (100 * fast) / grown('http_request_duration_seconds_count');
  return atLeast(
    `answered within ${GOAL_MS} ms by the service's own clock`,
    '%',
    Math.round(share * 100) / 100,
    99,
  );
};

/** The first of all requests to a process that has nothing in memory. */
const restartFigures = async (world: GreetingWorld, replicas: [Replica, Replica]): Promise<Figure[]> => {
  const { greeting } = await replicas[1].business('known before the restart');
  await replicas[0][Symbol.asyncDispose]();
  replicas[0] = await world.replica();
  const ms = await timed(() => replicas[0].frames(greeting.key));
  return [upTo('first request after a restart', 'ms', ms, 200)];
};

/** The first call of all after both services it needs were started anew, again and again: the slowest counts. */
const firstCallFigures = async (
  world: GreetingWorld,
  one: Replica,
  { isSmall, say }: RunContext,
): Promise<Figure[]> => {
  const times = isSmall ? 2 : 10;
  say(`greeting: the first call after a restart of greeting-service and gateway, ${times} times`);
  await one.business('called first of all after a restart', [FIRST_CALLED]);
  const heardAfterMs: number[] = [];
  let cached = 0;
  for (let n = 0; n < times; n++) {
    await using both = await world.startBoth();
    const { gateway } = both;
    const { callSid, ms } = await firstAudioOf(world.target(gateway, FIRST_CALLED));
    heardAfterMs.push(ms);
    const isFirst = (line: string): boolean => line.includes('FIRST_AUDIO_SENT') && line.includes(callSid);
    const line = await eventually(
      () => gateway.output.lines.find(isFirst) ?? Promise.reject(new Error('not logged')),
    );
    if (line.includes('"greeting-cached"')) cached += 1;
  }
  const name = `first call after a restart of both services, slowest of ${times}`;
  return [
    upTo(`${name}: first audio after start`, 'ms', Math.max(...heardAfterMs), FIRST_AUDIO_MS),
    exactly('the same: greetings that came from the cache', '', cached, times),
  ];
};

/** From the answer to a save until the other replica has the new greeting and the old one is gone. */
const changeFigures = async ([one, other]: [Replica, Replica]): Promise<Figure[]> => {
  const { id, greeting: old } = await one.business('before the change');
  const body = { name: 'Bench', phoneNumbers: [], greetingText: 'after the change', locale: 'en-US' };
  await one.client.call(putBusiness, { params: { id }, body });
  const ms = await timed(() => eventually(async () => other.frames((await other.snapshot(id)).greeting.key)));
  const isOldGone = await other.frames(old.key).then(
    () => 0,
    () => 1,
  );
  return [
    upTo('changed greeting: until the other replica has its frames', 'ms', ms, 1000),
    exactly('old greeting gone on the other replica', '', isOldGone, 1),
  ];
};

/** What is not cached: its first frames, and the refusal when nobody speaks. */
const liveFigures = async (world: GreetingWorld, [one, other]: [Replica, Replica]): Promise<Figure[]> => {
  const { id } = await one.business('asked for live');
  const ask = async (text: string): Promise<number> => {
    const body = { name: 'Bench', phoneNumbers: [], greetingText: text, locale: 'en-US' };
    await one.client.call(putBusiness, { params: { id }, body });
    const { greeting } = await other.snapshot(id);
    const input = { params: { key: greeting.key }, query: { businessId: id }, timeoutMs: 10_000 };
    return await timed(async () => {
      const speech = await other.client.stream(speakGreeting, input).catch(() => null);
      if (speech) await speech[Symbol.asyncIterator]().next();
    });
  };
  const liveMs = await ask('this one is heard while it is still being made by somebody');
  await world.openAi.fault({ name: 'speech-500', contains: 'nobody can say this' });
  const refusedMs = await ask('nobody can say this at the moment');
  await world.openAi.clearFaults();
  return [
    upTo('not cached: until the first frames', 'ms', liveMs, 1000),
    upTo('speech provider down: until the refusal, after which the model greets', 'ms', refusedMs, 900),
  ];
};

/** One synthesis for a key, over replicas and over the death of one. */
const onceFigures = async (
  world: GreetingWorld,
  replicas: [Replica, Replica],
  { isSmall, say }: RunContext,
): Promise<Figure[]> => {
  const times = isSmall ? 200 : 1000;
  say(`greeting: ${times} first requests at once over two replicas`);
  const { id } = await replicas[0].business('greeting of the many');
  const text = 'a phrase that everybody asks for at once';
  const answers = await Promise.allSettled(
    Array.from({ length: times }, (_, n) => replicas[n % 2]!.phrase(id, text)),
  );
  const keys = new Set(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.key : null)));
  say('greeting: kill -9 of the replica that synthesizes');
  const lost = 'a phrase that its first speaker never finishes';
  await world.openAi.fault({ name: 'speech-slow', count: 1, contains: lost, params: { firstMs: 8000 } });
  const first = replicas[0].phrase(id, lost).catch(() => null);
  await eventually(async () => {
    if ((await world.paid(lost)) === 0) throw new Error('not begun yet');
  });
  const second = replicas[1].phrase(id, lost);
  const killedMs = await timed(async () => {
    replicas[0].process.kill('SIGKILL');
    await second;
  });
  await first;
  return [
    exactly(`${times} first requests at once over two replicas: syntheses`, '', await world.paid(text), 1),
    exactly('the same: different answers', '', keys.size, 1),
    atMost('kill -9 of the synthesizing replica: until the other one serves', killedMs, 5000, 0),
    exactly('the same: syntheses, the lost one and the one cached', '', await world.paid(lost), 2),
  ];
};

const timed = async (action: () => Promise<unknown>): Promise<number> => {
  const startedAtMs = performance.now();
  await action();
  return performance.now() - startedAtMs;
};
