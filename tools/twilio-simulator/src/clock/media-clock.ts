import { FRAME_MS } from '@frontdesk/audio';
import type { Clock, Timer } from '@frontdesk/runtime';

/** Calls are spread over the 20 ms, as they are in life, so that no tick carries all of them. */
const PHASES = 4;
const STEP_MS = FRAME_MS / PHASES;
/** A machine asleep for longer than this does not live through the missed ticks afterwards. */
const MAX_CATCH_UP_STEPS = 500;
const SAMPLES_KEPT = 20_000;

/** Told every 20 ms, on absolute deadlines. */
export interface TickListener {
  tick(): void;
}

/**
 * One clock for the media of all calls. Deadlines are absolute, so it never drifts; missed ticks are made up for at
 * once. A due tick runs after the event loop has read its sockets: what had already arrived when this process was late
 * counts as arrived, and the lateness of the simulator is not blamed on the one it measures.
 */
export class MediaClock {
  private readonly phases: Set<TickListener>[] = Array.from({ length: PHASES }, () => new Set());
  private readonly lateness: number[] = [];
  private timer: Timer | undefined;
  private startedAtMs = 0;
  private stepsDone = 0;
  private nextPhase = 0;

  constructor(
    private readonly clock: Clock,
    private readonly afterPoll: (callback: () => void) => void = setImmediate,
  ) {}

  /** Ticks the listener every 20 ms until the returned function is called. */
  add(listener: TickListener): () => void {
    const phase = this.phases[this.nextPhase++ % PHASES];
    if (!phase) throw new Error('no such phase');
    phase.add(listener);
    if (!this.timer) this.start();
    return () => {
      phase.delete(listener);
      if (this.phases.every((set) => set.size === 0)) this.stop();
    };
  }

  /** How late steps ran, milliseconds, over the last minutes: what a measurement through this clock is worth. */
  figures(): { steps: number; p50Ms: number; p99Ms: number; maxMs: number } {
    const sorted = [...this.lateness].sort((a, b) => a - b);
    const at = (q: number): number =>
      Math.round((sorted[Math.floor(q * (sorted.length - 1))] ?? 0) * 10) / 10;
    return { steps: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
  }

  resetFigures(): void {
    this.lateness.length = 0;
  }

  stop(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private start(): void {
    this.startedAtMs = this.clock.monotonicMs();
    this.stepsDone = 0;
    this.schedule();
  }

  private schedule(): void {
    const dueAtMs = this.startedAtMs + (this.stepsDone + 1) * STEP_MS;
    this.timer = this.clock.setTimer(
      () => this.afterPoll(() => this.run()),
      Math.max(0, dueAtMs - this.clock.monotonicMs()),
    );
  }

  private run(): void {
    if (!this.timer) return;
    const elapsedMs = this.clock.monotonicMs() - this.startedAtMs;
    let due = Math.floor(elapsedMs / STEP_MS) - this.stepsDone;
    if (due > MAX_CATCH_UP_STEPS) {
      this.stepsDone += due - MAX_CATCH_UP_STEPS;
      due = MAX_CATCH_UP_STEPS;
    }
    if (due > 0) this.noteLateness(elapsedMs - (this.stepsDone + 1) * STEP_MS);
    for (; due > 0; due--) {
      const phase = this.phases[this.stepsDone % PHASES];
      this.stepsDone += 1;
      for (const listener of [...(phase ?? [])]) listener.tick();
    }
    if (this.timer) this.schedule();
  }

  private noteLateness(ms: number): void {
    if (this.lateness.length >= SAMPLES_KEPT) this.lateness.splice(0, SAMPLES_KEPT / 2);
    this.lateness.push(ms);
  }
}
