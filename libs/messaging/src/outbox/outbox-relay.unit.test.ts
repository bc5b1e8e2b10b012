import { Metrics, silentLogger } from '@frontdesk/observability';
import { type OutboxMessage, type OutboxStore } from '../port';
import { OutboxRelay } from './outbox-relay';

/** An outbox in memory: rows leave only when their publication resolved. */
class MemoryStore implements OutboxStore {
  readonly rows: OutboxMessage[] = [];
  private onWake: () => void = () => undefined;
  listening = 0;

  add(...names: string[]): void {
    this.rows.push(...names.map((name) => ({ topic: 't', key: 'k', value: { name } })));
    this.onWake();
  }
  async takeBatch(limit: number, publish: (rows: OutboxMessage[]) => Promise<void>): Promise<number> {
    const batch = this.rows.slice(0, limit);
    if (batch.length > 0) await publish(batch);
    this.rows.splice(0, batch.length);
    return batch.length;
  }
  listen(onWake: () => void): Promise<AsyncDisposable> {
    this.listening += 1;
    this.onWake = onWake;
    return Promise.resolve({
      [Symbol.asyncDispose]: () => {
        this.listening -= 1;
        return Promise.resolve();
      },
    });
  }
}
const namesOf = (messages: readonly OutboxMessage[]) =>
  messages.map(({ value }) => (value as { name: string }).name);
const start = (store: OutboxStore, publish: (messages: readonly OutboxMessage[]) => Promise<void>) =>
  OutboxRelay.start({
    store,
    bus: { publish },
    logger: silentLogger,
    metrics: new Metrics({ withProcessMetrics: false }),
    pollMs: 60_000,
  });

it('publishes what was there at start and, when woken, what came later', async () => {
  const store = new MemoryStore();
  const published: string[] = [];
  let arrived: () => void = () => undefined;
  const publish = (messages: readonly OutboxMessage[]) => {
    published.push(...namesOf(messages));
    arrived();
    return Promise.resolve();
  };
  store.add('a', 'b');
  const relay = start(store, publish);
  await new Promise<void>((resolve) => (arrived = resolve));
  const later = new Promise<void>((resolve) => (arrived = resolve));
  await new Promise((resolve) => setImmediate(resolve));
  store.add('c');
  await later;
  await relay[Symbol.asyncDispose]();
  expect(published).toEqual(['a', 'b', 'c']);
  expect(store.rows).toEqual([]);
  expect(store.listening).toBe(0);
});

it('publishes again, in order, what failed', async () => {
  const store = new MemoryStore();
  store.add('a', 'b');
  const tries: string[][] = [];
  const done = new Promise<void>((resolve) => {
    const publish = (messages: readonly OutboxMessage[]) => {
      tries.push(namesOf(messages));
      if (tries.length === 1) return Promise.reject(new Error('broker away'));
      resolve();
      return Promise.resolve();
    };
    const relay = start(store, publish);
    void relay;
    stop = () => relay[Symbol.asyncDispose]();
  });
  await done;
  await stop();
  expect(tries).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
});
let stop: () => Promise<void> = () => Promise.resolve();

it('stops at once while it waits after a failure', async () => {
  const store = new MemoryStore();
  store.add('a');
  const relay = start(store, () => Promise.reject(new Error('broker away')));
  await new Promise((resolve) => setImmediate(resolve));
  const before = performance.now();
  await relay[Symbol.asyncDispose]();
  expect(performance.now() - before).toBeLessThan(200);
  expect(store.rows).toHaveLength(1);
});
