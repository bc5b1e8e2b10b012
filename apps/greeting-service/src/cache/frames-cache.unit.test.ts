import { Metrics, silentLogger } from '@frontdesk/observability';
import { MemoryFramesStore } from '../../tests/memory-frames-store';
import { GreetingEvents } from '../events';
import { type MakeFrames } from './claimed-synthesis';
import { type FramesRequest } from './frames';
import { FramesCache } from './frames-cache';
import { MemoryFrames } from './memory-frames';

const request: FramesRequest = {
  key: 'k1',
  pool: 'greeting',
  businessId: 'b1',
  locale: 'he-IL',
  voice: 'alloy',
  text: 'Hello',
};
const times = { leaseMs: 1000, renewMs: 5, pollMs: 2, waitMs: 2000 };
const frames = Buffer.alloc(320, 1);

const replica = (store: MemoryFramesStore, make: MakeFrames, owner = 'replica-1') => {
  const memory = new MemoryFrames({ greeting: 4, phrase: 4, campaign: 4 }, () => undefined);
  const events = new GreetingEvents(silentLogger, new Metrics({ withProcessMetrics: false }));
  return { memory, cache: new FramesCache(memory, { store, make, owner, times }, events) };
};
const counted = (make: MakeFrames = () => Promise.resolve(frames)) => jest.fn(make);
/** A synthesis that ends when told. */
const held = () => {
  let finish!: (mulaw: Buffer) => void;
  const result = new Promise<Buffer>((resolve) => (finish = resolve));
  return { make: counted(() => result), finish: () => finish(frames) };
};

describe('the two levels of frames', () => {
  it('synthesize once for 200 who ask at once, and store the result', async () => {
    const store = new MemoryFramesStore();
    const make = counted();
    const { cache } = replica(store, make);
    const all = await Promise.all(Array.from({ length: 200 }, () => cache.ensure(request)));
    expect([make.mock.calls.length, store.loads, store.claimsTried]).toEqual([1, 2, 1]);
    expect(all.every(({ mulaw }) => mulaw.equals(frames))).toBe(true);
    expect(store.stored.get('k1')?.mulaw).toEqual(frames);
  });

  it('answer from memory without asking the durable level again', async () => {
    const store = new MemoryFramesStore();
    const { cache } = replica(store, counted());
    await cache.ensure(request);
    const before = store.loads;
    expect((await cache.find('k1'))?.mulaw).toEqual(frames);
    expect(store.loads).toBe(before);
  });

  it('do not synthesize again after a restart', async () => {
    const store = new MemoryFramesStore();
    await replica(store, counted()).cache.ensure(request);
    const make = counted();
    expect((await replica(store, make, 'restarted').cache.ensure(request)).mulaw).toEqual(frames);
    expect(make).not.toHaveBeenCalled();
  });

  it('never synthesize for a find', async () => {
    const make = counted();
    expect(await replica(new MemoryFramesStore(), make).cache.find('k1')).toBeNull();
    expect(make).not.toHaveBeenCalled();
  });

  it('make a second replica wait for the first one’s synthesis', async () => {
    const store = new MemoryFramesStore();
    const first = held();
    const second = counted();
    const one = replica(store, first.make, 'replica-1').cache.ensure(request);
    const two = replica(store, second, 'replica-2').cache.ensure(request);
    await new Promise(setImmediate);
    first.finish();
    expect((await one).mulaw).toEqual((await two).mulaw);
    expect(first.make).toHaveBeenCalledTimes(1);
    expect(second).not.toHaveBeenCalled();
  });

  it('let another replica take over when the lease of a dead one has run out', async () => {
    let now = 0;
    const store = new MemoryFramesStore(1000, () => now);
    await store.claim(request, 'dead');
    const make = counted();
    const waiting = replica(store, make, 'replica-2').cache.ensure(request);
    await new Promise(setImmediate);
    expect(make).not.toHaveBeenCalled();
    now = 1001;
    expect((await waiting).mulaw).toEqual(frames);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('cache nothing of a failed synthesis and free its claim', async () => {
    const store = new MemoryFramesStore();
    const make = counted(() => Promise.reject(new Error('half a body')));
    const { cache } = replica(store, make);
    await expect(cache.ensure(request)).rejects.toThrow('half a body');
    expect([store.stored.size, store.claims.size]).toEqual([0, 0]);
    expect(await cache.find('k1')).toBeNull();
    make.mockResolvedValueOnce(frames);
    expect((await cache.ensure(request)).mulaw).toEqual(frames);
  });

  it('throw a result away when the frames were invalidated while it was made', async () => {
    const store = new MemoryFramesStore();
    const { make, finish } = held();
    const { cache, memory } = replica(store, make);
    const asked = cache.ensure(request);
    await new Promise(setImmediate);
    store.claims.clear();
    memory.dropBusiness('b1');
    finish();
    await expect(asked).rejects.toThrow(/claim on this synthesis was lost/);
    expect(store.stored.size).toBe(0);
    expect(memory.get('k1')).toBeUndefined();
  });
});
