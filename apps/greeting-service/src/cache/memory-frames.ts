import { LRUCache } from 'lru-cache';
import { framesPools, type Frames, type FramesPool } from './frames';

/** Frames in this process: one LRU a pool, bounded by the number of entries. */
export class MemoryFrames {
  private readonly pools: Record<FramesPool, LRUCache<string, Frames>>;
  private drops = 0;

  constructor(bounds: Record<FramesPool, number>, onEvicted: (pool: FramesPool) => void) {
    const poolOf = (pool: FramesPool): LRUCache<string, Frames> =>
      new LRUCache({
        max: bounds[pool],
        dispose: (_frames, _key, reason) => reason === 'evict' && onEvicted(pool),
      });
    this.pools = { greeting: poolOf('greeting'), phrase: poolOf('phrase'), campaign: poolOf('campaign') };
  }

  /** Grows with every drop. Take it before you begin to load or make frames, and hand it to `put`. */
  get generation(): number {
    return this.drops;
  }

  get(key: string): Frames | undefined {
    for (const pool of framesPools) {
      const frames = this.pools[pool].get(key);
      if (frames) return frames;
    }
    return undefined;
  }

  /** Keeps frames, unless something was dropped since `generation`: they may be among what had to go. */
  put(frames: Frames, generation: number): void {
    if (generation === this.drops) this.pools[frames.pool].set(frames.key, frames);
  }

  /** Forgets a business's frames; returns how many there were. */
  dropBusiness(businessId: string, pools: readonly FramesPool[] = framesPools): number {
    this.drops += 1;
    let dropped = 0;
    for (const pool of pools)
      for (const [key, frames] of [...this.pools[pool].entries()])
        if (frames.businessId === businessId && this.pools[pool].delete(key)) dropped += 1;
    return dropped;
  }

  /** What is at hand of a pool. */
  sizeOf(pool: FramesPool): { entries: number; maxEntries: number; bytes: number } {
    const frames = this.pools[pool];
    let bytes = 0;
    for (const { mulaw } of frames.values()) bytes += mulaw.length;
    return { entries: frames.size, maxEntries: frames.max, bytes };
  }
}
