import { SingleFlight } from '@frontdesk/runtime';
import { type GreetingEvents } from '../events';
import { synthesizeOnce, type ClaimedSynthesisOptions } from './claimed-synthesis';
import { type Frames, type FramesRequest } from './frames';
import { type MemoryFrames } from './memory-frames';

/**
 * Both levels as one: memory, then Postgres, then (only for `ensure`) one synthesis. However many ask at once for a key,
 * one of them works; over replicas the claim sees to the same (GR3).
 */
export class FramesCache {
  private readonly loading = new SingleFlight<Frames | null>();
  private readonly making = new SingleFlight<Frames>();

  constructor(
    private readonly memory: MemoryFrames,
    private readonly synthesis: ClaimedSynthesisOptions,
    private readonly events: GreetingEvents,
  ) {}

  /** Frames that exist, or null; never synthesizes. */
  async find(key: string): Promise<Frames | null> {
    const inMemory = this.memory.get(key);
    if (inMemory) {
      this.events.cacheHit('memory', inMemory);
      return inMemory;
    }
    const durable = await this.loading.run(key, () => this.load(key));
    if (durable) this.events.cacheHit('durable', durable);
    else this.events.cacheMiss();
    return durable;
  }

  /** Frames, synthesized if they do not exist. The signal counts for the first who asks; others share its run. */
  async ensure(request: FramesRequest, signal?: AbortSignal): Promise<Frames> {
    return (
      (await this.find(request.key)) ?? (await this.making.run(request.key, () => this.make(request, signal)))
    );
  }

  private async load(key: string): Promise<Frames | null> {
    const generation = this.memory.generation;
    const frames = await this.synthesis.store.load(key);
    if (frames) this.memory.put(frames, generation);
    return frames;
  }

  private async make(request: FramesRequest, signal?: AbortSignal): Promise<Frames> {
    const generation = this.memory.generation;
    const frames = await synthesizeOnce(this.synthesis, request, signal);
    this.memory.put(frames, generation);
    this.events.cached(frames);
    return frames;
  }
}
