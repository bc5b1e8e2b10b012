import { FRAME_BYTES } from '@frontdesk/audio';
import { type Clock } from '@frontdesk/runtime';
import { Pace } from './pace';
import { type LedgerItem, type PlaybackLedger } from './playback-ledger';
import { type Lane, type PlayoutClock } from './playout-clock';
import { type Source } from './source';
import { BYTES_PER_MS } from './units';
import { TxQueue } from './tx-queue';
import { type TxFigures, TxTelemetry } from './tx-telemetry';

/** Every 200 ms of audio: as exact as a reader of the log needs, and five messages a second at most. */
const MARK_EVERY_FRAMES = 10;
/** The alarm level of the TX queue: a socket that takes nothing lets it grow to here, and the sources wait. */
const FEED_CEILING_FRAMES = 10;
/** RT4: what is logged, and changes nothing. */
const STALL_MS = 300;
const SLOW_SEND_MS = 50;
/** A mark that did not come back this long after its audio was played will not come. */
const MARK_GRACE_MS = 2000;

/** Where frames go. */
export interface PlayoutSink {
  /** False while the socket holds more than it should be given. */
  readonly isWritable: boolean;
  /** The bytes `from` to `to` of mu-law, read before this returns. */
  media(mulaw: Uint8Array, from: number, to: number): void;
  mark(name: string): void;
  /** Twilio forgets what it has not played, and echoes the marks within that at once. */
  clear(): void;
  /** What was given since the last of this leaves now, all at once. */
  flush(): void;
}

/** What a call hears from its playout. */
export interface PlayoutListener {
  /** The first frame of a source went out. */
  started(source: Source): void;
  stalled(gapMs: number): void;
  slowSend(ms: number): void;
  dropped(total: number): void;
}

export interface PlayoutOptions {
  readonly clock: Clock;
  readonly playoutClock: PlayoutClock;
  readonly ledger: PlaybackLedger;
  readonly sink: PlayoutSink;
  readonly listener: PlayoutListener;
  /** How far Twilio is kept ahead [TX_LEAD_MS]. */
  readonly leadMs: number;
  /** [TX_QUEUE_MAX_FRAMES] */
  readonly maxFrames: number;
}

/**
 * The way of the agent's voice to the caller, in two stages: sources, one after the other, hold what was generated; the
 * TX queue holds what will be heard and is fed just ahead of the clock. Ending a source withholds what is still in it;
 * nothing takes a frame back from the TX queue but `close`.
 */
export class Playout {
  readonly tx: TxQueue;
  private readonly pace: Pace;
  private readonly lane: Lane;
  private readonly sources: Source[] = [];
  private readonly telemetry = new TxTelemetry();
  // Not by way of the options: fifty times a second each step on the way is a line of memory to fetch.
  private readonly clock: Clock;
  private readonly sink: PlayoutSink;
  private unmarkedFrames = 0;
  private lastItem: LedgerItem | null = null;
  private lastEnd = 0;
  private reportedDrops = 0;
  /** Its first frame is in the TX queue, not yet sent. */
  private startingSource: Source | null = null;
  private sentInPulse = 0;
  private isPulsing = false;
  /** The lane brings pulses. */
  private isRunning = false;
  private isClosed = false;

  constructor(private readonly options: PlayoutOptions) {
    this.clock = options.clock;
    this.sink = options.sink;
    this.tx = new TxQueue(options.maxFrames);
    this.pace = new Pace(options.leadMs);
    this.lane = options.playoutClock.join((nowMs) => this.pulse(nowMs));
  }

  /** Plays the source after those that are there already. */
  play(source: Source): void {
    if (this.isClosed) return;
    this.sources.push(source);
    this.pulseNow();
  }

  /** Plays the source before the one whose turn it is, should that have nothing to play now. */
  playAhead(source: Source): void {
    if (this.isClosed) return;
    if (this.sources[0]?.hasAudio) this.sources.splice(1, 0, source);
    else this.sources.unshift(source);
    this.pulseNow();
  }

  /** Something was added to a source, or it was completed. While the lane runs, its next pulse is soon enough. */
  wake(): void {
    if (!this.isRunning) this.pulseNow();
  }

  /** Ends every source but tones, which are meant for a machine. What was given to the TX queue plays on. */
  interrupt(): void {
    for (const source of this.sources) if (source.kind !== 'tone') source.end();
    this.pulseNow();
  }

  /**
   * Has Twilio forget what it has not played yet. What that is, is said by the clock: marks come back only every 200 ms
   * and one way of the network late.
   * @param items all that may still be unheard, in the order in which they were sent
   */
  clear(items: readonly LedgerItem[]): void {
    const unplayedBytes = Math.round(this.bufferedMs) * BYTES_PER_MS;
    this.options.ledger.clear(items, unplayedBytes);
    this.sink.clear();
    this.pace.cleared();
    this.unmarkedFrames = 0;
    this.lastItem = null;
  }

  /** True while the caller can still hear, or will hear, something of the agent. */
  isAudible(): boolean {
    const nowMs = this.clock.monotonicMs();
    if (this.tx.depth > 0 || !this.pace.isDry(nowMs)) return true;
    if (this.sources.some((source) => source.hasAudio)) return true;
    return this.options.ledger.isAwaitingMarks && nowMs < this.pace.playedOutAtMs + MARK_GRACE_MS;
  }

  /** Audio that Twilio still has to play, by the clock. */
  get bufferedMs(): number {
    return Math.max(0, this.pace.playedOutAtMs - this.clock.monotonicMs());
  }

  /** Figures since the last call of this. */
  takeRecentFigures(): TxFigures {
    return this.telemetry.takeRecent();
  }

  /** Figures of the whole stream, at its end: after the last of the recent ones. */
  takeTotalFigures(): TxFigures {
    return this.telemetry.total();
  }

  /** The session closes: the one time the TX queue is flushed. Returns the frames it held. */
  close(): number {
    if (this.isClosed) return 0;
    this.isClosed = true;
    this.lane.leave();
    for (const source of this.sources) source.end();
    this.sources.length = 0;
    return this.tx.flush();
  }

  private pulseNow(): void {
    if (!this.isPulsing && !this.isClosed) this.pulse(this.clock.monotonicMs());
  }

  private pulse(nowMs: number): void {
    this.isPulsing = true;
    try {
      this.transmit(nowMs);
      while (this.tx.depth === 0) {
        const source = this.sources[0];
        if (!source) break;
        const fed = this.feed(source, nowMs);
        this.transmit(nowMs);
        if (this.tx.depth > 0) break;
        if (source.isFinished) {
          this.sources.splice(this.sources.indexOf(source), 1);
          this.closeSource(source);
        } else if (fed === 0) break;
      }
      this.markIfDue();
      // The socket takes it here: that is what a slow send is slow in.
      this.sink.flush();
      this.noteSends(nowMs);
    } finally {
      // Nothing is left, unless something above has thrown.
      this.sink.flush();
      this.isPulsing = false;
    }
    if (this.isClosed) return;
    const wasRunning = this.isRunning;
    this.isRunning = this.tx.depth > 0 || this.sources[0]?.hasAudio === true;
    if (this.isRunning) {
      if (!wasRunning) this.lane.run();
      return;
    }
    this.lane.rest();
    if (this.sources.length === 0) this.endSpurt();
  }

  private endSpurt(): void {
    this.telemetry.spurtEnded();
  }

  /** Moves the frames that are due from the source to the TX queue, and says how many. */
  private feed(source: Source, nowMs: number): number {
    const isNewSource = !source.hasStarted;
    let isDry = this.pace.isDry(nowMs);
    let fed = 0;
    for (;;) {
      if (!isDry && this.tx.depth >= this.pace.due(nowMs)) break;
      if (this.tx.depth >= FEED_CEILING_FRAMES) break;
      const at = this.tx.reserve();
      const item = source.readFrame(this.tx.buffer, at);
      if (!item) break;
      if (isDry) this.rebase(nowMs, isNewSource);
      isDry = false;
      this.tx.commit(item, item.queuedBytes);
      fed += 1;
    }
    if (isNewSource && source.hasStarted) this.startingSource = source;
    return fed;
  }

  /** Twilio has run dry: what comes now is played from now on. In the middle of a source the caller heard a gap. */
  private rebase(nowMs: number, isNewSource: boolean): void {
    this.pace.rebase(nowMs);
    if (isNewSource) return this.endSpurt();
    this.telemetry.underran();
  }

  /** Gives the socket what the TX queue holds. */
  private transmit(nowMs: number): void {
    const { tx, sink } = this;
    if (tx.depth === 0 || !sink.isWritable) return;
    if (this.pace.isDry(nowMs)) this.rebase(nowMs, false);
    while (tx.depth > 0 && sink.isWritable) {
      const frames = tx.batch(tx.depth);
      const from = tx.oldest;
      sink.media(tx.buffer, from, from + frames * FRAME_BYTES);
      this.noteSent(frames);
      this.sentInPulse += frames;
    }
    const started = this.startingSource;
    this.startingSource = null;
    if (started) this.options.listener.started(started);
  }

  /** Once a pulse: what it sent is one send, however many messages it took. */
  private noteSends(nowMs: number): void {
    if (this.sentInPulse === 0) return;
    const gapMs = this.telemetry.sent(this.sentInPulse, nowMs);
    this.sentInPulse = 0;
    const tookMs = this.clock.monotonicMs() - nowMs;
    if (gapMs > STALL_MS) this.options.listener.stalled(gapMs);
    if (tookMs > SLOW_SEND_MS) this.options.listener.slowSend(tookMs);
    if (this.tx.dropped > this.reportedDrops)
      this.options.listener.dropped((this.reportedDrops = this.tx.dropped));
  }

  private noteSent(frames: number): void {
    for (let index = 0; index < frames; index++) {
      const item = this.tx.itemAt(index);
      item.sentBytes = this.tx.endAt(index);
    }
    this.lastItem = this.tx.itemAt(frames - 1);
    this.lastEnd = this.tx.endAt(frames - 1);
    this.tx.release(frames);
    this.pace.didSend(frames);
    this.unmarkedFrames += frames;
  }

  /** A mark behind the source's last frame tells when it was heard. */
  private closeSource(source: Source): void {
    const onHeard = source.isEnded ? null : () => source.heard();
    if (!source.hasStarted) onHeard?.();
    else this.sendMark(onHeard);
  }

  private markIfDue(): void {
    const isPause = this.sources.length === 0 || !this.sources[0]!.hasAudio;
    if (this.unmarkedFrames >= MARK_EVERY_FRAMES || (this.unmarkedFrames > 0 && isPause)) this.sendMark(null);
  }

  private sendMark(onHeard: (() => void) | null): void {
    if (!this.lastItem) return;
    this.unmarkedFrames = 0;
    this.sink.mark(this.options.ledger.mark(this.lastItem, this.lastEnd, onHeard));
  }
}
