import { type Heard } from './heard';
import { type Measures } from './measures';
import { type Response } from './model-voice';

/** All that has to follow has followed by then. */
const RIPE_AFTER_MS = 900;
/** What still arrives so long after the caller began to speak should not have been sent. */
const STALE_AFTER_MS = 180;
const TRUNCATION_TOLERANCE_MS = 40;

export interface InterruptionOptions {
  readonly kind: string;
  /** When `speech_started` was sent. */
  readonly saidAtMs: number;
  /** From when it counts as a barge-in: later than `saidAtMs` within a protected greeting. */
  readonly countsAtMs?: number;
  /** What the caller hears at that moment, if anything. */
  readonly heard: Heard | null;
  /** The response that is active, or asked for, if any. */
  readonly active: Response | null;
  /** False where the response ends at the same moment. */
  readonly mustCancel: boolean;
}

/** The caller speaks over the agent: collects what follows and then judges it. */
export class Interruption {
  readonly saidAtMs: number;
  private readonly countsAtMs: number;
  private cancelAtMs: number | null = null;
  private staleFrames = 0;

  constructor(private readonly options: InterruptionOptions) {
    this.saidAtMs = options.saidAtMs;
    this.countsAtMs = options.countsAtMs ?? options.saidAtMs;
  }

  get active(): Response | null {
    return this.options.active;
  }

  arrived(heard: Heard, frames: number, nowMs: number): void {
    const { active, heard: old } = this.options;
    if ((heard === old || heard === active) && nowMs > this.countsAtMs + STALE_AFTER_MS)
      this.staleFrames += frames;
  }

  cancelArrived(nowMs: number): void {
    this.cancelAtMs ??= nowMs;
  }

  isRipe(nowMs: number): boolean {
    return nowMs >= this.countsAtMs + RIPE_AFTER_MS;
  }

  settle(measures: Measures): void {
    const { kind, active, heard, mustCancel } = this.options;
    const { counts } = measures;
    counts.bargeIns += 1;
    measures.bargeInKinds[kind] = (measures.bargeInKinds[kind] ?? 0) + 1;
    counts.staleFrames += this.staleFrames;
    if (this.staleFrames > 0) measures.staleKinds[kind] = (measures.staleKinds[kind] ?? 0) + this.staleFrames;
    if (mustCancel && this.cancelAtMs === null) counts.cancelsMissing += 1;
    if (mustCancel && this.cancelAtMs !== null)
      // A response cannot be cancelled before the model has said that it exists.
      measures.cancelLatency.add(this.cancelAtMs - Math.max(this.saidAtMs, active?.createdAtMs ?? 0));
    const playing = heard && heard.receivedFrames > 0 ? heard : null;
    if (playing) measures.lastAudible.add(Math.max(0, playing.playedOutAtMs - this.countsAtMs));
    const response = active ?? (heard && 'itemId' in heard ? (heard as Response) : null);
    if (response) this.judgeTruncation(response, measures);
  }

  private judgeTruncation(response: Response, measures: Measures): void {
    const { counts } = measures;
    const { receivedMs, truncatedAtMs, isDeleted, isWhole, sentPieces } = response;
    if (receivedMs === 0) {
      // Of an item that was announced nothing was heard: it has to go.
      if (sentPieces > 0 && !isDeleted) counts.truncationsMissing += 1;
      return;
    }
    if (truncatedAtMs === null) {
      if (!isWhole) counts.truncationsMissing += 1;
      return;
    }
    const errorMs = Math.abs(truncatedAtMs - receivedMs);
    measures.truncationError.add(errorMs);
    if (errorMs > TRUNCATION_TOLERANCE_MS) counts.truncationsWrong += 1;
  }
}
