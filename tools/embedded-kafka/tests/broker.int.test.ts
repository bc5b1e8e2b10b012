import { Kafka, Partitioners, logLevel, type Consumer, type Producer } from 'kafkajs';
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnTool, type RunningProcess } from '@frontdesk/test-harness';

const topic = 'orders.v1';
let folder: string;
let broker: RunningProcess;
let port = 0;
const disconnects: (() => Promise<void>)[] = [];

const start = async (): Promise<void> => {
  broker = await spawnTool('embedded-kafka', { PORT: String(port), DATA_DIR: folder });
  port = broker.listeningLine.port;
};
/** @returns how it ended */
const stop = (signal: 'SIGTERM' | 'SIGKILL'): Promise<string> => {
  broker.kill(signal);
  return broker.ended;
};
const client = (): Kafka =>
  new Kafka({ clientId: 'test', brokers: [`127.0.0.1:${port}`], logLevel: logLevel.NOTHING });
const connectedProducer = async (): Promise<Producer> => {
  const producer = client().producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  disconnects.push(() => producer.disconnect());
  return producer;
};
const createTopic = async (numPartitions: number): Promise<void> => {
  const admin = client().admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic, numPartitions }] });
  await admin.disconnect();
};
interface Received {
  partition: number;
  value: number;
}
/** A consumer that notes what it got; resolves when it has joined. */
const consume = async (groupId: string, received: Received[]): Promise<Consumer> => {
  const consumer = client().consumer({
    groupId,
    sessionTimeout: 6000,
    heartbeatInterval: 200,
    maxWaitTimeInMs: 100,
  });
  disconnects.push(() => consumer.disconnect());
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const joined = new Promise((resolve) => consumer.on(consumer.events.GROUP_JOIN, resolve));
  await consumer.run({
    eachMessage: ({ partition, message }) => {
      received.push({ partition, value: Number(message.value!.toString()) });
      return Promise.resolve();
    },
  });
  await joined;
  return consumer;
};
const until = async (condition: () => boolean, what: string): Promise<void> => {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited too long for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
const send = (producer: Producer, values: number[]): Promise<unknown> =>
  producer.send({
    topic,
    acks: -1,
    messages: values.map((v) => ({ key: `k${v}`, value: String(v), partition: v % 4 })),
  });
const valuesOf = (received: Received[]): number[] => received.map(({ value }) => value).sort((a, b) => a - b);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'embedded-kafka-'));
  port = 0;
  await start();
});
afterEach(async () => {
  for (const disconnect of disconnects.splice(0)) await disconnect();
  await stop('SIGTERM');
  rmSync(folder, { recursive: true, force: true });
});

it('keeps every acknowledged message and the committed offsets over kill -9', async () => {
  await createTopic(4);
  const first: Received[] = [];
  const consumer = await consume('readers', first);
  const producer = await connectedProducer();
  await send(producer, range(0, 100));
  await until(() => first.length === 100, 'the first 100');
  await consumer.disconnect();

  const acknowledged: number[] = [];
  const sending = (async () => {
    for (const value of range(100, 400)) {
      await send(producer, [value]);
      acknowledged.push(value);
    }
  })();
  await until(() => acknowledged.length > 100, 'some acknowledgements');
  await stop('SIGKILL');
  await start();
  await sending;

  const second: Received[] = [];
  await consume('readers', second);
  await until(() => new Set(valuesOf(second)).size >= 300, 'the other 300');
  expect([...new Set(valuesOf(second))]).toEqual(range(100, 400));
  expect(second).toHaveLength(300);
  for (const partition of range(0, 4)) {
    const inOrder = second.filter((message) => message.partition === partition).map(({ value }) => value);
    expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
  }
});

it('shares a topic between two members of a group and gives all of it to the one that stays', async () => {
  await createTopic(4);
  const [one, two]: [Received[], Received[]] = [[], []];
  const [leaving] = await Promise.all([consume('pair', one), consume('pair', two)]);
  const producer = await connectedProducer();
  await send(producer, range(0, 200));
  await until(() => one.length + two.length === 200, 'all 200');
  expect(new Set(one.map(({ partition }) => partition)).size).toBe(2);
  expect(new Set(two.map(({ partition }) => partition)).size).toBe(2);
  await leaving.disconnect();
  await send(producer, range(200, 300));
  await until(() => two.filter(({ value }) => value >= 200).length === 100, 'the rest');
  expect(valuesOf([...one, ...two])).toEqual(range(0, 300));
});

it('creates no topic that nobody asked for and says so', async () => {
  const producer = client().producer({
    retry: { retries: 0 },
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  disconnects.push(() => producer.disconnect());
  await expect(send(producer, [0])).rejects.toThrow(/does not host this topic-partition/);
  const admin = client().admin();
  await admin.connect();
  disconnects.push(() => admin.disconnect());
  expect(await admin.listTopics()).toEqual([]);
});

it('is administered as Kafka is', async () => {
  await createTopic(2);
  const admin = client().admin();
  await admin.connect();
  disconnects.push(() => admin.disconnect());
  expect(await admin.createTopics({ topics: [{ topic }] })).toBe(false);
  await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const producer = await connectedProducer();
  await producer.send({ topic, messages: [{ value: '1', partition: 2 }] });
  expect(await admin.fetchTopicOffsets(topic)).toContainEqual({
    partition: 2,
    offset: '1',
    high: '1',
    low: '0',
  });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: 2, name: topic }],
  });
  expect(resources[0]!.configEntries.map((entry) => entry.configName)).toContain('retention.ms');
  const received: Received[] = [];
  const consumer = await consume('g', received);
  await until(() => received.length === 1, 'the message');
  await consumer.disconnect();
  expect((await admin.listGroups()).groups).toContainEqual({ groupId: 'g', protocolType: 'consumer' });
  await admin.deleteGroups(['g']);
  await admin.deleteTopics({ topics: [topic] });
  expect(await admin.listTopics()).toEqual([]);
});

it('cuts a torn tail, refuses real damage in one line, and a second broker on its folder', async () => {
  await createTopic(1);
  const producer = client().producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  await send(producer, [0]);
  await producer.disconnect();
  await expect(spawnTool('embedded-kafka', { PORT: '0', DATA_DIR: folder })).rejects.toThrow(
    /exit code 1[^]*\nembedded-kafka: .* is in use by the broker with process id \d+$/,
  );
  expect(await stop('SIGTERM')).toBe('exit code 0');

  const partition = join(folder, 'topics', topic, '0');
  const segment = join(partition, readdirSync(partition)[0]!);
  appendFileSync(segment, Buffer.alloc(30));
  await start();
  expect(broker.output.lines.some((line) => line.includes('TORN_TAIL_CUT'))).toBe(true);
  const kept: Received[] = [];
  const consumer = await consume('readers', kept);
  await until(() => kept.length === 1, 'the message before the torn tail');
  await consumer.disconnect();
  await stop('SIGTERM');

  writeFileSync(join(folder, 'topics', topic, 'topic.json'), '{');
  await expect(start()).rejects.toThrow(
    /exit code 1[^]*\nembedded-kafka: .*topic\.json is missing or not JSON; .*DATA_DIR.*$/,
  );
});
