import { Metrics, silentLogger } from '@frontdesk/observability';
import { MemoryFramesStore } from '../../tests/memory-frames-store';
import { GreetingEvents } from '../events';
import { type MakeFrames } from './claimed-synthesis';
import { type FramesRequest } from './frames';
import { FramesCache, type FramesCacheOptions } from './frames-cache';
import { LiveSpeech } from './live-speech';
import { MemoryFrames } from './memory-frames';
import { type ListenTo } from './relay-speech';

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
const made = { mulaw: frames, provider: 'openai', model: 'tts' };

const replica = (
  store: MemoryFramesStore,
  make: MakeFrames,
  owner = 'replica-1',
  more: Pick<FramesCacheOptions, 'listenTo'> = {},
) => {
  const memory = new MemoryFrames({ greeting: 4, phrase: 4, campaign: 4 }, () => undefined);
  const events = new GreetingEvents(silentLogger, new Metrics({ withProcessMetrics: false }));
  return { memory, cache: new FramesCache(memory, { store, make, owner, times, ...more }, events) };
};
const counted = (make: MakeFrames = () => Promise.resolve(made)) => jest.fn(make);
const connectionLost = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
/** A synthesis that ends when told. */
const held = () => {
  let finish!: (result: typeof made) => void;
  const result = new Promise<typeof made>((resolve) => (finish = resolve));
  return { make: counted(() => result), finish: () => finish(made) };
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
    make.mockResolvedValueOnce(made);
    expect((await cache.ensure(request)).mulaw).toEqual(frames);
  });

  it('store what was paid for as soon as the database is back', async () => {
    const store = new MemoryFramesStore();
    const make = counted();
    jest.spyOn(store, 'complete').mockRejectedValueOnce(connectionLost());
    const { cache } = replica(store, make);
    expect((await cache.ensure(request)).mulaw).toEqual(frames);
    expect(store.stored.get('k1')?.mulaw).toEqual(frames);
    expect([make.mock.calls.length, store.claims.size]).toEqual([1, 0]);
  });

  it('find what they stored when only the answer of the database was lost', async () => {
    const store = new MemoryFramesStore();
    const make = counted();
    const complete = store.complete.bind(store);
    jest.spyOn(store, 'complete').mockImplementationOnce(async (...stored) => {
      await complete(...stored);
      throw connectionLost();
    });
    expect((await replica(store, make).cache.ensure(request)).mulaw).toEqual(frames);
    expect(make).toHaveBeenCalledTimes(1);
  });

  it('give to who keeps a copy what is stored, not what this process remembers', async () => {
    const store = new MemoryFramesStore();
    const { cache } = replica(store, counted());
    await cache.ensure(request);
    store.stored.clear(); // by an invalidation on another replica, of which this one has not heard
    expect(await cache.findMany(['k1'])).toEqual([]);
  });

  it('give what they remember to who keeps a copy while the database is away, if that is all of it', async () => {
    const store = new MemoryFramesStore();
    const { cache } = replica(store, counted());
    await cache.ensure(request);
    store.loadMany = () => Promise.reject(connectionLost());
    expect((await cache.findMany(['k1'])).map(({ key }) => key)).toEqual(['k1']);
    await expect(cache.findMany(['k1', 'k2'])).rejects.toThrow('ECONNRESET');
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

/** A synthesis that speaks a second of 1 kHz, and ends as told. */
const speaking = () => {
  let end!: { resolve: () => void; reject: (error: Error) => void };
  const ended = new Promise<void>((resolve, reject) => (end = { resolve, reject }));
  const aborted: string[] = [];
  const make = jest.fn<ReturnType<MakeFrames>, Parameters<MakeFrames>>(
    async ({ key }, { speech, signal }) => {
      signal.addEventListener('abort', () => {
        aborted.push(key);
        end.reject(new Error('aborted'));
      });
      speech?.begin(24_000);
      speech?.piece(Int16Array.from({ length: 24_000 }, (_, n) => 8000 * Math.sin((2 * Math.PI * n) / 24)));
      await ended;
      speech?.end();
      return made;
    },
  );
  return { make, aborted, ...{ finish: () => end.resolve(), fail: (error: Error) => end.reject(error) } };
};
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));
const liveOf = async (asked: Promise<unknown>): Promise<LiveSpeech> => {
  const speech = await asked;
  if (!(speech instanceof LiveSpeech)) throw new Error('not live');
  return speech;
};
const heardOf = async (speech: LiveSpeech): Promise<number> => {
  let bytes = 0;
  for await (const piece of speech.frames()) bytes += piece.length;
  return bytes;
};

/** Replicas that reach one another by their names. */
const through =
  (replicas: Record<string, FramesCache>): ListenTo =>
  async (address, { key }) => {
    const speech = replicas[address]?.speakHere(key);
    if (!(speech instanceof LiveSpeech)) throw new Error('404');
    await speech.started();
    return speech.frames();
  };

describe('who shares a synthesis', () => {
  it('may leave: the others get its result', async () => {
    const { make, aborted, finish } = speaking();
    const { cache } = replica(new MemoryFramesStore(), make);
    const abort = new AbortController();
    const first = cache.ensure(request, abort.signal);
    await settled();
    const second = cache.ensure(request);
    await settled();
    abort.abort(new Error('left'));
    await expect(first).rejects.toThrow('left');
    finish();
    expect((await second).mulaw).toEqual(frames);
    expect([make.mock.calls.length, aborted]).toEqual([1, []]);
  });

  it('ends it when the last one leaves, and whoever comes then gets another', async () => {
    const store = new MemoryFramesStore();
    const { make, aborted } = speaking();
    const { cache } = replica(store, make);
    const abort = new AbortController();
    const only = cache.ensure(request, abort.signal);
    await settled();
    abort.abort(new Error('left'));
    await expect(only).rejects.toThrow('left');
    expect(aborted).toEqual(['k1']);
    make.mockResolvedValueOnce(made);
    expect((await cache.ensure(request)).mulaw).toEqual(frames);
    expect([store.claims.size, cache.running]).toEqual([0, 0]);
  });
});

describe('a caller who waits for what is not cached', () => {
  it('hears it while it is made, and it is cached when it is whole', async () => {
    const store = new MemoryFramesStore();
    const { make, finish } = speaking();
    const { cache } = replica(store, make);
    const speech = await liveOf(cache.speak(request));
    await speech.started();
    expect(store.stored.size).toBe(0);
    const heard = heardOf(speech);
    finish();
    expect(await heard).toBe(8000);
    await settled();
    expect(store.stored.get('k1')?.mulaw).toEqual(frames);
    expect(await cache.speak(request)).toMatchObject({ mulaw: frames });
  });

  it('joins a synthesis that runs, from its beginning, and outlives who began it', async () => {
    const { make, finish, aborted } = speaking();
    const { cache } = replica(new MemoryFramesStore(), make);
    const abort = new AbortController();
    const warming = cache.ensure(request, abort.signal);
    await settled();
    const speech = await liveOf(cache.speak(request));
    abort.abort(new Error('unwanted'));
    await expect(warming).rejects.toThrow('unwanted');
    finish();
    expect(await heardOf(speech)).toBe(8000);
    expect([make.mock.calls.length, aborted]).toEqual([1, []]);
  });

  it('hears where it breaks off, and nothing half-made is cached', async () => {
    const store = new MemoryFramesStore();
    const { make, fail } = speaking();
    const { cache } = replica(store, make);
    const speech = await liveOf(cache.speak(request));
    await speech.started();
    const heard = heardOf(speech);
    fail(new Error('half a body'));
    await expect(heard).rejects.toThrow('half a body');
    expect([store.stored.size, store.claims.size, cache.running]).toEqual([0, 0, 0]);
  });

  it('is told at once when there will be nothing', async () => {
    const { cache } = replica(
      new MemoryFramesStore(),
      counted(() => Promise.reject(new Error('down'))),
    );
    const speech = await liveOf(cache.speak(request));
    await expect(speech.started()).rejects.toThrow('down');
  });

  it('gets another replica’s frames as soon as they are stored', async () => {
    const store = new MemoryFramesStore();
    const first = held();
    const warming = replica(store, first.make, 'replica-1').cache.ensure(request);
    await settled();
    const second = counted();
    const speech = await liveOf(replica(store, second, 'replica-2').cache.speak(request));
    first.finish();
    await warming;
    expect(await heardOf(speech)).toBe(320);
    expect(second).not.toHaveBeenCalled();
  });

  it('hears what another replica makes while that one makes it', async () => {
    const store = new MemoryFramesStore();
    const first = speaking();
    const maker = replica(store, first.make, 'replica-1').cache;
    const second = counted();
    const { cache } = replica(store, second, 'replica-2', { listenTo: through({ 'replica-1': maker }) });
    const [warming, waiting] = [maker.ensure(request), cache.ensure(request)];
    await settled();
    const speech = await liveOf(cache.speak(request));
    await speech.started();
    expect(store.stored.size).toBe(0);
    const heard = heardOf(speech);
    first.finish();
    expect(await heard).toBe(8000);
    expect([(await warming).mulaw, (await waiting).mulaw]).toEqual([frames, frames]);
    expect([second.mock.calls.length, maker.running, cache.running]).toEqual([0, 0, 0]);
  });

  it('hears where another replica breaks off', async () => {
    const store = new MemoryFramesStore();
    const first = speaking();
    const maker = replica(store, first.make, 'replica-1').cache;
    const listenTo = through({ 'replica-1': maker });
    const { cache } = replica(store, counted(), 'replica-2', { listenTo });
    const warming = maker.ensure(request);
    await settled();
    const speech = await liveOf(cache.speak(request));
    await speech.started();
    const heard = heardOf(speech);
    first.fail(new Error('half a body'));
    await expect(heard).rejects.toThrow('half a body');
    await expect(warming).rejects.toThrow('half a body');
  });

  it('waits for the stored frames of a replica that does not answer, and makes them itself when it is gone', async () => {
    const store = new MemoryFramesStore(100);
    await store.claim(request, 'gone:1');
    const { make, finish } = speaking();
    const { cache } = replica(store, make, 'replica-2', { listenTo: through({}) });
    const speech = await liveOf(cache.speak(request));
    await speech.started();
    finish();
    expect(await heardOf(speech)).toBe(8000);
    await settled();
    expect([make.mock.calls.length, store.stored.size]).toEqual([1, 1]);
  });

  it('is never sent round: a replica hands on only what it makes itself', async () => {
    const store = new MemoryFramesStore();
    const { make, finish } = held();
    const maker = replica(store, make, 'replica-1').cache;
    const other = replica(store, counted(), 'replica-2').cache;
    const both = [maker.ensure(request), other.ensure(request)];
    await settled();
    expect([maker.speakHere('k1'), other.speakHere('k1')]).toEqual([expect.any(LiveSpeech), null]);
    finish();
    await Promise.all(both);
    expect(other.speakHere('k1')).toMatchObject({ mulaw: frames });
  });

  it('hears no second beginning: speech that another provider has to say anew breaks off', async () => {
    const { cache } = replica(
      new MemoryFramesStore(),
      counted(async (_request, { speech }) => {
        for (let provider = 0; provider < 2; provider++) {
          speech?.begin(8000);
          speech?.piece(Int16Array.from({ length: 8000 }, (_, n) => 8000 * Math.sin(n)));
          await settled();
        }
        speech?.end();
        return made;
      }),
    );
    const speech = await liveOf(cache.speak(request));
    await expect(heardOf(speech)).rejects.toThrow('broke off');
  });
});
