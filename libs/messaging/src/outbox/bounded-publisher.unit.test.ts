import { Metrics, silentLogger } from '@frontdesk/observability';
import { type OutboxMessage } from '../port';
import { BoundedPublisher } from './bounded-publisher';

const message = (name: string): OutboxMessage => ({ topic: 't', key: 'k', value: { name } });
const nameOf = ({ value }: OutboxMessage): string => (value as { name: string }).name;

/** A bus that answers when told to. */
const heldBus = () => {
  const sent: string[][] = [];
  let release: (() => void)[] = [];
  return {
    sent,
    publish: (messages: readonly OutboxMessage[]) => {
      sent.push(messages.map(nameOf));
      return new Promise<void>((resolve) => release.push(resolve));
    },
    release: () => {
      const held = release;
      release = [];
      for (const resolve of held) resolve();
    },
  };
};
const make = (
  bus: { publish(messages: readonly OutboxMessage[]): Promise<void> },
  capacity: number,
  sendEveryMs = 0,
) => {
  const metrics = new Metrics({ withProcessMetrics: false });
  const publisher = new BoundedPublisher({ bus, capacity, sendEveryMs, logger: silentLogger, metrics });
  return { publisher, metrics };
};
const settle = () => new Promise((resolve) => setImmediate(resolve));

it('sends what was offered in order, what came meanwhile together in the next batch', async () => {
  const bus = heldBus();
  const { publisher } = make(bus, 10);
  for (const name of ['a', 'b', 'c']) publisher.offer(message(name));
  bus.release();
  await settle();
  bus.release();
  await publisher.flush(1000);
  expect(bus.sent).toEqual([['a'], ['b', 'c']]);
});

it('drops the oldest normal message first when it is full, lifecycle messages last, and counts them', async () => {
  const bus = heldBus();
  const { publisher, metrics } = make(bus, 4);
  publisher.offer(message('sending'));
  publisher.offer(message('ended 1'), 'lifecycle');
  publisher.offer(message('turn 1'));
  publisher.offer(message('turn 2'));
  publisher.offer(message('ended 2'), 'lifecycle'); // instead of turn 1
  publisher.offer(message('ended 3'), 'lifecycle'); // instead of turn 2
  publisher.offer(message('turn 3')); // is dropped itself
  publisher.offer(message('ended 4'), 'lifecycle'); // instead of ended 1
  bus.release();
  await settle();
  expect(bus.sent[1]).toEqual(['ended 2', 'ended 3', 'ended 4']);
  const { body } = await metrics.render();
  expect(body).toContain('frontdesk_publisher_dropped_total{priority="normal"} 3');
  expect(body).toContain('frontdesk_publisher_dropped_total{priority="lifecycle"} 1');
  bus.release();
});

it('keeps a batch that failed and sends it again before what came later', async () => {
  const sent: string[][] = [];
  let failures = 1;
  const publish = (messages: readonly OutboxMessage[]) => {
    sent.push(messages.map(nameOf));
    return failures-- > 0 ? Promise.reject(new Error('away')) : Promise.resolve();
  };
  const { publisher } = make({ publish }, 10);
  publisher.offer(message('a'));
  publisher.offer(message('b'));
  await publisher.flush(5000);
  expect(sent).toEqual([['a'], ['a', 'b']]);
});

it('never makes the caller wait for a flush longer than asked', async () => {
  const { publisher } = make(heldBus(), 10);
  publisher.offer(message('stuck'));
  await expect(publisher.flush(20)).rejects.toThrow('took longer than 20 ms');
});

it('leaves nothing behind that is offered at the moment in which it runs out of work', async () => {
  for (let turns = 0; turns < 10; turns++) {
    const bus = heldBus();
    const { publisher } = make(bus, 10);
    publisher.offer(message('a'));
    bus.release();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    publisher.offer(message('the last'));
    await settle();
    expect(bus.sent.flat()).toEqual(['a', 'the last']);
  }
});

describe('with a time between batches', () => {
  const HOUR_MS = 3_600_000;
  const taking = () => {
    const sent: string[][] = [];
    const publish = (messages: readonly OutboxMessage[]): Promise<void> => {
      sent.push(messages.map(nameOf));
      return Promise.resolve();
    };
    return { sent, publish };
  };

  it('sends what comes alone at once, and what comes soon after it together', async () => {
    const bus = taking();
    const { publisher } = make(bus, 10, 50);
    publisher.offer(message('alone'));
    await settle();
    expect(bus.sent).toEqual([['alone']]);
    for (const name of ['a', 'b']) {
      publisher.offer(message(name));
      await settle();
    }
    expect(bus.sent).toEqual([['alone']]);
    await publisher.flush(5000);
    expect(bus.sent).toEqual([['alone'], ['a', 'b']]);
  });

  it('waits for nothing with a whole batch', async () => {
    const bus = taking();
    const { publisher } = make(bus, 1000, HOUR_MS);
    publisher.offer(message('alone'));
    await settle();
    publisher.offer(message('first'));
    await settle();
    expect(bus.sent).toEqual([['alone']]);
    for (let index = 1; index < 200; index++) publisher.offer(message('many'));
    await settle();
    expect(bus.sent.at(-1)).toHaveLength(200);
  });

  it('waits for nothing when it is closed: what there is gets its chance', async () => {
    const bus = taking();
    const { publisher } = make(bus, 10, HOUR_MS);
    publisher.offer(message('alone'));
    await settle();
    publisher.offer(message('last'));
    await settle();
    await publisher[Symbol.asyncDispose]();
    expect(bus.sent).toEqual([['alone'], ['last']]);
  });
});
