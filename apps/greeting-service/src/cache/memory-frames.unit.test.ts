import { type Frames, type FramesPool } from './frames';
import { MemoryFrames } from './memory-frames';

const frames = (key: string, pool: FramesPool = 'greeting', businessId = 'b1'): Frames => ({
  key,
  pool,
  businessId,
  mulaw: Buffer.alloc(160),
  provider: 'openai',
  model: 'tts',
});

const memoryOf = (evicted: FramesPool[] = []): MemoryFrames =>
  new MemoryFrames({ greeting: 2, phrase: 2, campaign: 2 }, (pool) => evicted.push(pool));

describe('frames in memory', () => {
  it('evict the least recently used greeting past the bound, and say so', () => {
    const evicted: FramesPool[] = [];
    const memory = memoryOf(evicted);
    for (const key of ['a', 'b']) memory.put(frames(key), memory.generation);
    memory.get('a');
    memory.put(frames('c'), memory.generation);
    expect(['a', 'b', 'c'].map((key) => memory.get(key) !== undefined)).toEqual([true, false, true]);
    expect(evicted).toEqual(['greeting']);
  });

  it('never evict a greeting for phrases or campaign openings', () => {
    const memory = memoryOf();
    memory.put(frames('greeting'), memory.generation);
    for (let n = 0; n < 10; n++) {
      memory.put(frames(`p${n}`, 'phrase'), memory.generation);
      memory.put(frames(`c${n}`, 'campaign'), memory.generation);
    }
    expect(memory.get('greeting')).toBeDefined();
    expect(memory.sizeOf('greeting')).toEqual({ entries: 1, maxEntries: 2, bytes: 160 });
    expect([memory.sizeOf('phrase').entries, memory.sizeOf('campaign').entries]).toEqual([2, 2]);
  });

  it('drop one business and count what they dropped, without calling it eviction', () => {
    const evicted: FramesPool[] = [];
    const memory = memoryOf(evicted);
    memory.put(frames('a'), memory.generation);
    memory.put(frames('p', 'phrase'), memory.generation);
    memory.put(frames('other', 'greeting', 'b2'), memory.generation);
    expect(memory.dropBusiness('b1')).toBe(2);
    expect(memory.get('a')).toBeUndefined();
    expect(memory.get('other')).toBeDefined();
    expect(evicted).toEqual([]);
  });

  it('refuse frames whose making began before a drop', () => {
    const memory = memoryOf();
    const begun = memory.generation;
    memory.dropBusiness('b1');
    memory.put(frames('a'), begun);
    expect(memory.get('a')).toBeUndefined();
  });
});
