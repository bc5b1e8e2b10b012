import { Histogram, type Quantiles } from './histogram';
import { type Heard } from './heard';

/** What the generator saw since it was last asked to begin anew. */
export class Measures {
  /** Between two media messages of one thing said. */
  readonly gaps = new Histogram();
  readonly firstAudio = new Histogram();
  readonly cancelLatency = new Histogram();
  readonly lastAudible = new Histogram();
  readonly truncationError = new Histogram(1);
  readonly counts = {
    callsStarted: 0,
    /** Streams that ended without having been asked to, and calls whose script got stuck. */
    callsBroken: 0,
    frames: 0,
    /** Frames whose stamp is not the one that had to come next. */
    framesOutOfOrder: 0,
    framesUnknown: 0,
    underruns: 0,
    responsesHeardWhole: 0,
    bargeIns: 0,
    staleFrames: 0,
    cancelsAfterDone: 0,
    /** The response ended while its cancel was on its way: allowed, and refused by the model. */
    cancelsCrossed: 0,
    cancelsMissing: 0,
    cancelsRepeated: 0,
    truncationsMissing: 0,
    truncationsWrong: 0,
    protectedGreetingsCut: 0,
  };
  readonly bargeInKinds: Record<string, number> = {};
  /** Stale frames, by the kind of barge-in. */
  readonly staleKinds: Record<string, number> = {};
  underrunMs = 0;
  private rateFrames = 0;
  private rateMs = 0;
  /** Why calls broke, with how often. */
  readonly breaks: Record<string, number> = {};
  readonly sinceMs = performance.now();

  said(heard: Heard): void {
    this.rateFrames += heard.rateFrames;
    this.rateMs += heard.rateMs;
    if (heard.isWhole) this.counts.responsesHeardWhole += 1;
  }

  broke(reason: string): void {
    this.counts.callsBroken += 1;
    this.breaks[reason] = (this.breaks[reason] ?? 0) + 1;
  }

  snapshot(): Omit<MeasuresSnapshot, 'lateness' | 'activeCalls' | 'callerBytes'> {
    return {
      seconds: (performance.now() - this.sinceMs) / 1000,
      counts: { ...this.counts },
      bargeInKinds: this.bargeInKinds,
      staleKinds: this.staleKinds,
      breaks: this.breaks,
      underrunMs: this.underrunMs,
      fps: this.rateMs === 0 ? null : (this.rateFrames / this.rateMs) * 1000,
      gaps: this.gaps.summary(),
      firstAudio: this.firstAudio.summary(),
      cancelLatency: this.cancelLatency.summary(),
      lastAudible: this.lastAudible.summary(),
      truncationError: this.truncationError.summary(),
    };
  }
}

/** What the generator answers when asked. */
export interface MeasuresSnapshot {
  readonly seconds: number;
  readonly counts: Measures['counts'];
  readonly bargeInKinds: Readonly<Record<string, number>>;
  readonly staleKinds: Readonly<Record<string, number>>;
  readonly breaks: Readonly<Record<string, number>>;
  readonly underrunMs: number;
  readonly fps: number | null;
  readonly gaps: Quantiles;
  readonly firstAudio: Quantiles;
  readonly cancelLatency: Quantiles;
  readonly lastAudible: Quantiles;
  readonly truncationError: Quantiles;
  /** The generator's own. */
  readonly lateness: Quantiles;
  readonly activeCalls: number;
  /** Of the caller's audio: sent to the gateway, and arrived at the model. */
  readonly callerBytes: { readonly sent: number; readonly arrived: number };
}
