import { type getGreetingStatistics } from '@frontdesk/contracts';
import { type Database } from '@frontdesk/persistence';
import { type z } from 'zod';
import { framesPools } from './cache/frames';
import { type FramesCache } from './cache/frames-cache';
import { type MemoryFrames } from './cache/memory-frames';
import { type GreetingEvents } from './events';
import { type FramesMaker } from './providers/frames-maker';
import { countFrames } from './store/queries/frames-state';
import { type Warming } from './warm/start-warming';

export type GreetingStatistics = z.input<(typeof getGreetingStatistics)['response']>;

/** What the caches hold and how they do; counts are this process's since it began. */
export const statisticsOf = async (parts: {
  database: Database;
  memory: MemoryFrames;
  cache: FramesCache;
  events: GreetingEvents;
  maker: FramesMaker;
  warming: Warming;
}): Promise<GreetingStatistics> => {
  const { hits, evictions, misses } = parts.events.counts;
  const stored = await countFrames(parts.database.dataSource.manager);
  const pools = framesPools.map((pool) => {
    const { entries = 0, bytes = 0 } = stored.find((row) => row.pool === pool) ?? {};
    const memory = { ...parts.memory.sizeOf(pool), hits: hits.memory[pool], evictions: evictions[pool] };
    return [pool, { memory, durable: { entries, bytes, hits: hits.durable[pool] } }] as const;
  });
  return {
    pools: Object.fromEntries(pools),
    misses,
    running: parts.cache.running,
    waiting: parts.warming.pending,
    providers: parts.maker.states,
  };
};
