import { SingleFlight } from '@frontdesk/runtime';
import { type GreetingEvents } from '../events';
import { synthesizeOnce, type ClaimedSynthesisOptions } from './claimed-synthesis';
import { type Frames, type FramesRequest } from './frames';
import { type LiveSpeech } from './live-speech';
import { type MemoryFrames } from './memory-frames';
import { type ListenTo, relaySpeech } from './relay-speech';
import { SynthesisRun } from './synthesis-run';

export interface FramesCacheOptions extends Omit<ClaimedSynthesisOptions, 'owner'> {
  /** Unique to this process, so that a restarted one does not take itself for its predecessor. */
  readonly owner: string;
  /** Waits until a synthesis of this pool may begin. */
  readonly admit?: (request: FramesRequest, signal: AbortSignal) => Promise<void>;
  /** Hears what another replica makes; without it a caller waits until that one has stored it. */
  readonly listenTo?: ListenTo;
}

/**
 * Both levels as one: memory, then Postgres, then (for `ensure` and `speak`) one synthesis. However many ask at once for
 * a key, one of them works; over replicas the claim sees to the same (GR3).
 */
export class FramesCache {
  private readonly loading = new SingleFlight<Frames | null>();
  private readonly runs = new Map<string, SynthesisRun>();
  private runCount = 0;

  constructor(
    private readonly memory: MemoryFrames,
    private readonly options: FramesCacheOptions,
    private readonly events: GreetingEvents,
  ) {}

  /** What is in this process's memory. */
  peek(key: string): Frames | undefined {
    const frames = this.memory.get(key);
    if (frames) this.events.cacheHit('memory', frames);
    return frames;
  }

  /** Frames that exist, or null; never synthesizes. */
  async find(key: string): Promise<Frames | null> {
    const inMemory = this.peek(key);
    if (inMemory) return inMemory;
    const durable = await this.loading.run(key, () => this.load(key));
    if (durable) this.events.cacheHit('durable', durable);
    else this.events.cacheMiss();
    return durable;
  }

  /** Frames, synthesized if they do not exist. Who aborts leaves; the synthesis ends when nobody waits for it any more. */
  async ensure(request: FramesRequest, signal?: AbortSignal): Promise<Frames> {
    return (await this.find(request.key)) ?? (await this.run(request).wait(signal));
  }

  /** Frames that exist, else the speech while it is made, for a caller who waits for it (GR5). */
  async speak(request: FramesRequest): Promise<Frames | LiveSpeech> {
    return (await this.find(request.key)) ?? this.run(request).listen();
  }

  /** As `speak`, of what exists or is made in this process, for another replica; null when nothing of it is here. */
  speakHere(key: string): Frames | LiveSpeech | null {
    const run = this.runs.get(key);
    return this.peek(key) ?? (run?.speech.isMadeHere ? run.listen() : null);
  }

  /** Syntheses that run in this process. */
  get running(): number {
    return this.runs.size;
  }

  /**
   * Of many those that exist, in any order, for who keeps a copy: from the durable level, since what was invalidated a
   * moment ago may still be in this process's memory. While that level is away nothing is invalidated, and memory serves.
   */
  async findMany(keys: readonly string[]): Promise<Frames[]> {
    try {
      return await this.options.store.loadMany(keys);
    } catch (error) {
      const inMemory = keys.flatMap((key) => this.memory.get(key) ?? []);
      if (inMemory.length < keys.length) throw error;
      return inMemory;
    }
  }

  private run(request: FramesRequest): SynthesisRun {
    const { key } = request;
    const running = this.runs.get(key);
    if (running) return running;
    const run: SynthesisRun = new SynthesisRun(
      (speech, signal) => this.make(request, speech, signal),
      (speech) => this.relay(request, speech),
      () => {
        if (this.runs.get(key) === run) this.runs.delete(key);
      },
    );
    this.runs.set(key, run);
    return run;
  }

  private relay(request: FramesRequest, speech: LiveSpeech): void {
    const { store, listenTo, times } = this.options;
    if (listenTo) void relaySpeech({ store, listenTo, events: this.events, ...times }, request, speech);
  }

  private async load(key: string): Promise<Frames | null> {
    const generation = this.memory.generation;
    const frames = await this.options.store.load(key);
    if (frames) this.memory.put(frames, generation);
    return frames;
  }

  private async make(request: FramesRequest, speech: LiveSpeech, signal: AbortSignal): Promise<Frames> {
    await this.options.admit?.(request, signal);
    const generation = this.memory.generation;
    // Each run owns its claim: one that was given up and still ends must not give back its successor's.
    const owner = `${this.options.owner}:${++this.runCount}`;
    const frames = await synthesizeOnce({ ...this.options, owner }, request, {
      signal,
      speech,
      onClaimed: () => speech.claimed(),
    });
    this.memory.put(frames, generation);
    this.events.cached(frames);
    return frames;
  }
}
