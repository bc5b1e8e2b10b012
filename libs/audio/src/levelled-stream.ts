import { concat } from './concat';
import { MAX_GAIN_DB, type LevelOptions } from './level';
import { Limiter } from './limiter';
import {
  fromDb,
  LEVEL_WINDOW_MS,
  meanLevel,
  spokenWindows,
  windowSamples,
  windowsOf,
  type Window,
} from './loudness';

/** Heard before the first of it is let out: enough to guess the level of the voice by. */
const GUESS_MS = 120;
/** How fast a guess is corrected, in dB a second: too slow to be heard as a change. */
const CORRECTION_DB_PER_S = 6;

/**
 * `normalizeLevel` for speech that is still being made: the level is guessed from the first 120 ms and corrected slowly as
 * more is known. The limit holds throughout. Holds one measurement for each 30 ms heard.
 */
export class LevelledStream {
  private readonly limiter: Limiter;
  private readonly window: number;
  private readonly targetDbfs: number;
  private readonly windows: Window[] = [];
  /** Not yet measured: less than a window. */
  private unmeasured: Int16Array = new Int16Array(0);
  /** Not yet let out, because the level is not yet known. */
  private held: Int16Array = new Int16Array(0);
  private gainDb: number | null = null;

  constructor(
    private readonly sampleRate: number,
    { targetDbfs = -20, peakDbfs = -3 }: LevelOptions = {},
  ) {
    this.targetDbfs = targetDbfs;
    this.limiter = new Limiter({ sampleRate, peakDbfs });
    this.window = windowSamples(sampleRate, LEVEL_WINDOW_MS);
  }

  process(pcm: Int16Array): Int16Array {
    this.measure(pcm);
    if (this.gainDb !== null) return this.level(pcm);
    this.held = concat([this.held, pcm]);
    if (this.held.length < (this.sampleRate * GUESS_MS) / 1000) return new Int16Array(0);
    return this.levelHeld();
  }

  flush(): Int16Array {
    return concat([this.levelHeld(), this.limiter.flush()]);
  }

  private measure(pcm: Int16Array): void {
    const all = concat([this.unmeasured, pcm]);
    const whole = all.length - (all.length % this.window);
    this.windows.push(...windowsOf(all.subarray(0, whole), this.sampleRate, LEVEL_WINDOW_MS));
    this.unmeasured = all.slice(whole);
  }

  private levelHeld(): Int16Array {
    const held = this.held;
    this.held = new Int16Array(0);
    this.gainDb ??= this.wantedDb();
    return this.level(held);
  }

  private level(pcm: Int16Array): Int16Array {
    const wanted = this.wantedDb();
    const step = (CORRECTION_DB_PER_S * this.window) / this.sampleRate;
    const pieces: Int16Array[] = [];
    for (let at = 0; at < pcm.length; at += this.window) {
      this.gainDb = this.gainDb! + Math.max(-step, Math.min(step, wanted - this.gainDb!));
      pieces.push(this.limiter.process(pcm.subarray(at, at + this.window), fromDb(this.gainDb)));
    }
    return concat(pieces);
  }

  private wantedDb(): number {
    const level = meanLevel(spokenWindows(this.windows));
    return Number.isFinite(level) ? Math.min(MAX_GAIN_DB, this.targetDbfs - level) : 0;
  }
}
