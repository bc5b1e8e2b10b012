import { deadLetterTopic, topics as registry, type TopicDefinition } from '@frontdesk/contracts';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { eventually, kafkaBrokers, uniqueTopics } from '@frontdesk/test-harness';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import {
  connectKafka,
  createTopics,
  failureHeaders,
  type MessageBus,
  requeueDeadLetters,
  type Subscription,
} from '../src';

let topic: TopicDefinition;
const metrics = new Metrics({ withProcessMetrics: false });
const buses: MessageBus[] = [];
const connect = async (over: { lagEveryMs?: number } = {}): Promise<MessageBus> => {
  const bus = await connectKafka({
    ...over,
    brokers: kafkaBrokers(),
    clientId: 'messaging-test',
    logger: silentLogger,
    metrics,
  });
  buses.push(bus);
  return bus;
};
const schema = z.object({ n: z.number(), traceparent: z.string().optional() });
const messages = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    topic: topic.name,
    key: `key-${(from + index) % 10}`,
    value: { n: from + index },
  }));
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);
const collect = (bus: MessageBus, into: number[], over: Partial<Subscription<{ n: number }>> = {}) =>
  bus.subscribe({
    topic,
    group: `readers.${topic.name}`,
    schema,
    handle: ({ value }) => Promise.resolve(void into.push(value.n)),
    ...over,
  });

beforeEach(async () => {
  topic = uniqueTopics({ events: registry.callEvents }).events;
  await createTopics({ brokers: kafkaBrokers(), logger: silentLogger }, [topic]);
});
afterEach(async () => {
  for (const bus of buses.splice(0)) await bus[Symbol.asyncDispose]();
});

it('creates topics with their dead-letter topics, again and again, and names those that are missing', async () => {
  await createTopics({ brokers: kafkaBrokers(), logger: silentLogger }, [topic]);
  const bus = await connect();
  await bus.checkTopics([topic]);
  const missing = { ...topic, name: `${topic.name}.missing` };
  await expect(bus.checkTopics([topic, missing])).rejects.toThrow(
    `Kafka lacks ${missing.name} (6 partitions), ${missing.name}.dlq (1 partitions): run "node main.js migrate"`,
  );
  await expect(collect(bus, [], { topic: missing })).rejects.toThrow('Kafka lacks');
});

it('delivers every message, in order for each key, with the trace context as a header', async () => {
  const bus = await connect();
  const seen: { key: string; n: number; trace: string | undefined }[] = [];
  await bus.subscribe({
    topic,
    group: `g.${topic.name}`,
    schema,
    concurrency: 3,
    handle: ({ key, value, headers }) =>
      Promise.resolve(void seen.push({ key, n: value.n, trace: headers.traceparent })),
  });
  await Promise.all(numbers(0, 20).map((part) => bus.publish(messages(part * 10, part * 10 + 10))));
  await bus.publish([{ topic: topic.name, key: 'traced', value: { n: 1000, traceparent: '00-aa-bb-01' } }]);
  await eventually(() => expect(seen).toHaveLength(201));
  expect(seen.find(({ n }) => n === 1000)?.trace).toBe('00-aa-bb-01');
  for (const digit of numbers(0, 10)) {
    const ofKey = seen.filter(({ key }) => key === `key-${digit}`).map(({ n }) => n);
    expect(ofKey).toEqual(sorted(ofKey));
  }
});

it('dead-letters what its handler cannot do and goes on with the rest', async () => {
  const bus = await connect();
  const handled: number[] = [];
  await collect(bus, handled, {
    retry: { attempts: 2, minMs: 1, maxMs: 1, multiplier: 1 },
    handle: ({ value }) =>
      value.n === 3 ? Promise.reject(new Error('poison')) : Promise.resolve(void handled.push(value.n)),
  });
  const dead: { n: number; reason: string | undefined }[] = [];
  const reader = { ...deadLetterTopic(topic) };
  await createTopics({ brokers: kafkaBrokers(), logger: silentLogger }, [reader]);
  await bus.subscribe({
    topic: reader,
    group: `dead.${topic.name}`,
    schema,
    handle: ({ value, headers }) =>
      Promise.resolve(void dead.push({ n: value.n, reason: headers[failureHeaders.reason] })),
  });
  await bus.publish(messages(0, 10));
  await eventually(() => expect(handled).toHaveLength(9));
  await eventually(() => expect(dead).toEqual([{ n: 3, reason: 'poison' }]));
});

it('puts dead letters back into their topic, each once, without the marks of their failure', async () => {
  const options = { brokers: kafkaBrokers(), clientId: 'requeue-test', logger: silentLogger };
  const bus = await connect();
  let isBroken = true;
  const handled: { n: number; headers: Readonly<Record<string, string>> }[] = [];
  await collect(bus, [], {
    retry: { attempts: 1, minMs: 1, maxMs: 1, multiplier: 1 },
    handle: ({ value, headers }) =>
      isBroken
        ? Promise.reject(new Error('broken'))
        : Promise.resolve(void handled.push({ n: value.n, headers })),
  });
  expect(await requeueDeadLetters(options, topic)).toBe(0);
  await bus.publish(messages(0, 3));
  const lettersThere = async (): Promise<number> => {
    isBroken = false;
    return requeueDeadLetters(options, topic);
  };
  await eventually(async () => {
    const { body } = await metrics.render();
    expect(body).toMatch(
      new RegExp(`frontdesk_messages_handled_total\\{topic="${topic.name}".*result="dead-lettered"\\} 3`),
    );
  });
  expect(await lettersThere()).toBe(3);
  await eventually(() => expect(sorted(handled.map(({ n }) => n))).toEqual([0, 1, 2]));
  expect(handled.flatMap(({ headers }) => Object.keys(headers))).toEqual([]);
  expect(await requeueDeadLetters(options, topic)).toBe(0);
});

it('goes on behind what was committed when a consumer ended well', async () => {
  const first: number[] = [];
  const bus = await connect();
  const subscription = await collect(bus, first);
  await bus.publish(messages(0, 50));
  await eventually(() => expect(first).toHaveLength(50));
  await subscription[Symbol.asyncDispose]();
  await bus.publish(messages(50, 60));
  const second: number[] = [];
  await collect(bus, second);
  await eventually(() => expect(sorted(second)).toEqual(numbers(50, 60)));
});

it('keeps its membership while a handler waits longer than the session time-out', async () => {
  const bus = await connect();
  const seen: number[] = [];
  await collect(bus, seen, {
    handle: async ({ value }, { signal }) => {
      if (value.n === 0) await sleep(7000, undefined, { signal });
      seen.push(value.n);
    },
  });
  await bus.publish([...messages(0, 1), { topic: topic.name, key: 'key-0', value: { n: 100 } }]);
  await eventually(() => expect(seen).toEqual([0, 100]), 15_000);
});

it('shares the work with a second member and finishes the message in hand first', async () => {
  const [one, two]: [number[], number[]] = [[], []];
  const slowly = (into: number[]): Partial<Subscription<{ n: number }>> => ({
    handle: async ({ value }) => {
      await sleep(5);
      into.push(value.n);
    },
  });
  const first = await connect();
  await collect(first, one, slowly(one));
  await first.publish(messages(0, 200));
  await eventually(() => expect(one.length).toBeGreaterThan(10));
  await collect(await connect(), two, slowly(two));
  await first.publish(messages(200, 400));
  await eventually(() => expect(sorted([...one, ...two])).toEqual(numbers(0, 400)), 30_000);
  expect(two.length).toBeGreaterThan(0);
});

it('stops at once while a handler waits, and the message comes again', async () => {
  const bus = await connect();
  let isWaiting = false;
  const subscription = await collect(bus, [], {
    handle: async (_, { signal }) => {
      isWaiting = true;
      await sleep(60_000, undefined, { signal });
    },
  });
  await bus.publish(messages(0, 1));
  await eventually(() => expect(isWaiting).toBe(true));
  await subscription[Symbol.asyncDispose]();
  const again: number[] = [];
  await collect(bus, again);
  await eventually(() => expect(again).toEqual([0]));
});

it('says how far a group is behind, also while its handler is stuck', async () => {
  const bus = await connect({ lagEveryMs: 100 });
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => (release = resolve));
  await collect(bus, [], { handle: () => released });
  await bus.publish(messages(0, 10));
  const lag = async (): Promise<number> => {
    const { body } = await metrics.render();
    const values = [...body.matchAll(new RegExp(`consumer_lag\\{topic="${topic.name}",.*\\} (\\d+)`, 'g'))];
    if (values.length < topic.partitions) throw new Error('not asked yet');
    return values.reduce((sum, [, value]) => sum + Number(value), 0);
  };
  await eventually(async () => expect(await lag()).toBe(10));
  release();
  await eventually(async () => expect(await lag()).toBe(0));
});
