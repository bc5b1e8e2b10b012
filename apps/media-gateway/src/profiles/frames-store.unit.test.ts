import { Metrics, silentLogger } from '@frontdesk/observability';
import { ManualClock } from '@frontdesk/runtime';
import { GatewayEvents } from '../events';
import { FramesStore, type FramesStoreOptions } from './frames-store';

const events = new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false }));
const frames = (value: number, count = 2): Buffer => Buffer.alloc(160 * count, value);
const MINUTE = 60_000;

/** A store whose requests this test answers. */
const world = (options: Partial<FramesStoreOptions> = {}) => {
  const clock = new ManualClock();
  const asked: { key: string; answer: (frames: Buffer | null) => void; fail: (error: Error) => void }[] = [];
  const fetch = (key: string): Promise<Buffer | null> =>
    new Promise((answer, fail) => asked.push({ key, answer, fail }));
  const store = new FramesStore({
    fetch,
    speak: () => Promise.reject(new Error('down')),
    clock,
    events,
    ...options,
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  /** Answers everything that is asked, and what that leads to, for so long. */
  const answerAll = async (answer: (key: string) => Buffer | null, ms: number): Promise<number> => {
    let count = 0;
    for (const end = clock.monotonicMs() + ms; clock.monotonicMs() < end; clock.advance(500)) {
      await settle();
      for (const request of asked.splice(0)) {
        request.answer(answer(request.key));
        count += 1;
      }
      await settle();
    }
    return count;
  };
  return { clock, asked, store, settle, answerAll };
};

describe('FramesStore', () => {
  it('lets a call wait no longer than its own bound for frames that are being fetched ahead', async () => {
    const { store, asked, settle } = world();
    store.prefetch(['key']);
    expect(await store.load('key', 10)).toBeNull();
    asked[0]!.answer(frames(1));
    await settle();
    expect(store.get('key')).toHaveLength(320);
    expect(asked).toHaveLength(1);
  });

  it('asks for a key once, however many wait, and nobody’s shorter patience ends it for the others', async () => {
    const { store, asked } = world();
    const loads = [store.load('key', 1), store.load('key', 10_000), store.load('key', 10_000)];
    expect(await loads[0]).toBeNull();
    asked[0]!.answer(frames(1));
    expect(await Promise.all(loads.slice(1))).toEqual([frames(1), frames(1)]);
    expect(asked).toHaveLength(1);
  });

  it('stops asking for frames that never come to exist, and asks again when the profile changes', async () => {
    const { store, answerAll } = world();
    store.prefetch(['key']);
    expect(await answerAll(() => null, 20 * MINUTE)).toBe(12);
    expect(store.outstanding).toBe(0);
    store.prefetch(['key'], true);
    await answerAll(() => frames(1), 1000);
    expect(store.get('key')).toEqual(frames(1));
  });

  it('takes frames that come to exist after a while', async () => {
    const { store, answerAll, clock } = world();
    store.prefetch(['key']);
    await answerAll(() => (clock.monotonicMs() > 30_000 ? frames(1) : null), 2 * MINUTE);
    expect(store.get('key')).toEqual(frames(1));
  });

  it('goes on asking while greeting-service is away, at most every 30 s', async () => {
    const { store, asked, settle, clock } = world();
    store.prefetch(['key']);
    let tries = 0;
    for (let index = 0; index < 60 * 60; index++) {
      for (const { fail } of asked.splice(0)) {
        tries += 1;
        fail(new Error('connection refused'));
      }
      await settle();
      clock.advance(1000);
    }
    expect(tries).toBeGreaterThan(110);
    expect(tries).toBeLessThan(260);
    asked.at(-1)?.answer(frames(1));
    for (let index = 0; index < 60 && asked.length === 0; index++) clock.advance(1000);
    asked.at(-1)!.answer(frames(1));
    await settle();
    expect(store.get('key')).toEqual(frames(1));
    expect(store.outstanding).toBe(0);
  });

  it('is idle when everything was asked for, and has for the next caller what one had to wait for', async () => {
    const speech = (async function* () {
      yield await Promise.resolve(frames(1));
    })();
    const { store, answerAll } = world({ speak: () => Promise.resolve(speech) });
    expect(await store.speak({ key: 'a', businessId: 'b' }, AbortSignal.timeout(1000))).toBe(speech);
    const idle = store.idle();
    await answerAll(() => frames(1), 500);
    await idle;
    expect(store.get('a')?.equals(frames(1))).toBe(true);
  });

  it('asks for no more than a hundred at once, again or for the first time', async () => {
    const { store, asked, settle, clock } = world();
    store.prefetch(Array.from({ length: 300 }, (_, index) => `key-${index}`));
    for (let index = 0; index < 300; index++) {
      expect(asked.length).toBeLessThanOrEqual(100);
      asked.shift()?.fail(new Error('away'));
      await settle();
    }
    clock.advance(MINUTE);
    expect(asked.length).toBe(100);
  });

  it('keeps what is at hand while it asks again, and drops it when it is no longer valid', async () => {
    const { store, answerAll, asked, settle } = world();
    store.prefetch(['key']);
    await answerAll(() => frames(1), 1000);
    store.prefetch(['key']);
    expect(asked).toHaveLength(0);
    store.prefetch(['key'], true);
    expect(store.get('key')).toEqual(frames(1));
    asked.shift()!.answer(null);
    await settle();
    expect(store.get('key')).toBeUndefined();
    await answerAll(() => frames(2), 3000);
    expect(store.get('key')).toEqual(frames(2));
  });

  it('does not take an answer from before an invalidation for one from after it', async () => {
    const { store, asked, settle } = world();
    store.prefetch(['key']);
    store.prefetch(['key'], true);
    asked.shift()!.answer(frames(1));
    await settle();
    asked.shift()!.answer(frames(2));
    await settle();
    expect(store.get('key')).toEqual(frames(2));
  });

  it('holds no more bytes than its bound, and lets the least used go', async () => {
    const { store, answerAll } = world({ maxBytes: 10 * 320 });
    store.prefetch(Array.from({ length: 9 }, (_, index) => `key-${index}`));
    await answerAll(() => frames(1), 2000);
    store.get('key-0');
    store.prefetch(['key-9', 'key-10']);
    await answerAll(() => frames(1), 2000);
    expect(store.bytes).toBe(10 * 320);
    expect(store.get('key-0')).toBeDefined();
    expect(store.get('key-1')).toBeUndefined();
  });

  it('lets no more keys wait than its bound', () => {
    const { store } = world({ maxWaiting: 10 });
    store.prefetch(Array.from({ length: 100 }, (_, index) => `key-${index}`));
    expect(store.outstanding).toBeLessThanOrEqual(14);
  });

  it('cuts off what is no whole frame, and does not take less than one', async () => {
    const { store, answerAll } = world();
    store.prefetch(['long', 'short']);
    await answerAll((key) => Buffer.alloc(key === 'long' ? 170 : 159), 600);
    expect(store.get('long')).toHaveLength(160);
    expect(store.get('short')).toBeUndefined();
  });

  it('asks for nothing more once disposed', async () => {
    const { store, asked, settle, clock } = world();
    store.prefetch(['key']);
    asked.shift()!.answer(null);
    await settle();
    await store[Symbol.asyncDispose]();
    clock.advance(MINUTE);
    expect(asked).toHaveLength(0);
    expect(clock.pendingTimers).toBe(0);
  });
});
