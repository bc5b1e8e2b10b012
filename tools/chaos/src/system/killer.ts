import { setTimeout as sleep } from 'node:timers/promises';
import { type RunningProcess } from '@frontdesk/test-harness';
import { type Random } from './random';

/** One process killed, and when another took its place. */
export interface Kill {
  readonly atMs: number;
  readonly pid: number;
  backAtMs: number | null;
}

export interface KillerOptions {
  readonly random: Random;
  /** Between two kills, give or take a quarter, whether the one killed before is back or not. */
  readonly everyMs: number;
  /** Replicas that run already. */
  readonly running?: readonly RunningProcess[];
  /** So many altogether. */
  readonly replicas: number;
  /** A killed process is replaced after at most so long, as a Deployment would. Default 3 s. */
  readonly maxAwayMs?: number;
  /** One more, in place of the one that was killed where there was one. */
  readonly spawn: (killed?: RunningProcess) => Promise<RunningProcess>;
}

const MAX_AWAY_MS = 3000;

/** Keeps so many replicas of a service running, and kills one of them by -9 again and again, at random moments. */
export class Killer implements AsyncDisposable {
  readonly kills: Kill[] = [];
  private readonly running: RunningProcess[] = [];
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private readonly returning: Promise<void>[] = [];
  private failure: unknown;

  private constructor(private readonly options: KillerOptions) {}

  static async start(options: KillerOptions): Promise<Killer> {
    const killer = new Killer(options);
    killer.running.push(...(options.running ?? []));
    while (killer.running.length < options.replicas) killer.running.push(await options.spawn());
    return killer;
  }

  get replicas(): readonly RunningProcess[] {
    return this.running;
  }

  /** Begins to kill, until {@link peace}. */
  begin(): void {
    this.loop = this.killOn().catch((error: unknown) => {
      if ((error as Error).name !== 'AbortError') this.failure ??= error;
    });
  }

  /** No more kills; all replicas run when this resolves. Throws what kept one from coming back. */
  async peace(): Promise<void> {
    this.stopping.abort();
    await this.loop;
    if (this.failure) throw this.failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stopping.abort();
    await this.loop;
    await Promise.all(this.running.map((process) => process[Symbol.asyncDispose]()));
  }

  private async killOn(): Promise<void> {
    const { random, everyMs } = this.options;
    try {
      for (;;) {
        const quarter = Math.round(everyMs / 4);
        await this.pause(everyMs + random.between(-quarter, quarter + 1));
        // Those killed before may not be back yet: a replica cannot start while its database is away.
        if (this.running.length > 0) await this.killOne(random.pick(this.running));
      }
    } finally {
      await Promise.all(this.returning);
    }
  }

  private async killOne(victim: RunningProcess): Promise<void> {
    this.running.splice(this.running.indexOf(victim), 1);
    const kill: Kill = { atMs: Date.now(), pid: victim.pid, backAtMs: null };
    this.kills.push(kill);
    victim.kill('SIGKILL');
    await victim.ended;
    const returning = this.replace(victim, kill).catch((error: unknown) => {
      this.failure ??= error;
      this.stopping.abort();
    });
    this.returning.push(returning);
  }

  private async replace(victim: RunningProcess, kill: Kill): Promise<void> {
    const { random, spawn, maxAwayMs = MAX_AWAY_MS } = this.options;
    // Also when peace comes meanwhile: it is to find all of them.
    await sleep(random.between(0, maxAwayMs));
    this.running.push(await spawn(victim));
    kill.backAtMs = Date.now();
  }

  private pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.stopping.signal });
  }
}
