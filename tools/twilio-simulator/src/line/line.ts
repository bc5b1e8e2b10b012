import { FRAME_BYTES, MULAW_SILENCE } from '@frontdesk/audio';
import type { MediaClock, TickListener } from '../clock/media-clock';
import type { Hearing } from './hearing';

/** 20 ms of mu-law. */
export const SILENT_FRAME: Buffer = Buffer.alloc(FRAME_BYTES, MULAW_SILENCE);

/** What Twilio plays to the far end: asked once a tick; null when there is nothing to play. */
export interface PlaybackSource {
  nextFrame(): Buffer | null;
}

/** The person (or machine) at the other end: asked once a tick; null when no packet arrives at all. */
export interface FarEnd {
  nextFrame(): Buffer | null;
}

/** Gets both directions of every tick. */
export interface LineTap {
  frame(said: Buffer | null, heard: Buffer | null): void;
}

/** The audio of one leg, both ways, from answer to hang-up, ticked by the common clock. */
export class Line implements TickListener {
  /** Set by the verb that plays something, cleared when it ends. */
  source: PlaybackSource | null = null;
  private readonly taps = new Set<LineTap>();
  private readonly unsubscribe: () => void;

  constructor(
    clock: MediaClock,
    private readonly farEnd: FarEnd,
    readonly hearing: Hearing,
  ) {
    this.unsubscribe = clock.add(this);
  }

  tick(): void {
    const heard = this.source?.nextFrame() ?? null;
    this.hearing.hear(heard);
    const said = this.farEnd.nextFrame();
    for (const tap of [...this.taps]) tap.frame(said, heard);
  }

  /** Lets something listen until the returned function is called. */
  tap(tap: LineTap): () => void {
    this.taps.add(tap);
    return () => this.taps.delete(tap);
  }

  /** Ends the audio; whatever was still being said to the far end stays unheard. */
  close(): void {
    this.unsubscribe();
    this.source = null;
    this.hearing.close();
  }
}
