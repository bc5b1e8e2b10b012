import { FRAME_BYTES, FRAME_MS, MULAW_SILENCE } from '@frontdesk/audio';
import { SPURT_HANGOVER_MS } from '../line/hearing';
import type { PlaybackSource } from '../line/line';

/** Twilio holds ten minutes of audio a stream and discards what comes on top (error 31931). */
export const MAX_BUFFERED_BYTES = 10 * 60 * 8_000;

/** A hole the far end heard: playing ran dry and went on after `ms`. */
export interface Underrun {
  readonly atTick: number;
  readonly ms: number;
}

/**
 * What Twilio has been sent and not yet played: 8 bytes a millisecond, in order of arrival. A mark comes back when all
 * that was queued before it has been played, at once when nothing is queued; `clear` empties the queue and returns
 * every pending mark, in order.
 */
export class Playout implements PlaybackSource {
  readonly underruns: Underrun[] = [];
  maxBufferedBytes = 0;
  playedBytes = 0;
  private chunks: Buffer[] = [];
  private headOffset = 0;
  private queuedBytes = 0;
  private enqueuedBytes = 0;
  private marks: { name: string; position: number }[] = [];
  private isOnAir = false;
  private ticks = 0;
  /** Missing since playing ran dry; undefined before the first audio and after a pause between spurts. */
  private dryBytes: number | undefined;

  constructor(private readonly echoMark: (name: string) => void) {}

  get bufferedBytes(): number {
    return this.queuedBytes;
  }

  /** How long nothing has been played, milliseconds; infinite before the first audio. */
  get dryMs(): number {
    if (this.queuedBytes > 0 || this.isOnAir) return 0;
    return this.dryBytes === undefined ? Infinity : this.dryBytes / 8;
  }

  /** @returns false when the audio did not fit and was discarded */
  enqueue(mulaw: Buffer): boolean {
    if (this.queuedBytes + mulaw.length > MAX_BUFFERED_BYTES) return false;
    if (mulaw.length === 0) return true;
    this.chunks.push(mulaw);
    this.queuedBytes += mulaw.length;
    this.enqueuedBytes += mulaw.length;
    this.maxBufferedBytes = Math.max(this.maxBufferedBytes, this.queuedBytes);
    return true;
  }

  mark(name: string): void {
    if (this.queuedBytes === 0 && !this.isOnAir) this.echoMark(name);
    else this.marks.push({ name, position: this.enqueuedBytes });
  }

  /** @returns how many bytes nobody will hear */
  clear(): number {
    const discarded = this.queuedBytes;
    this.chunks = [];
    this.headOffset = 0;
    this.queuedBytes = 0;
    // What was thrown away counts as passed, so that later marks keep their distance.
    this.playedBytes += discarded;
    this.dryBytes = undefined;
    const pending = this.marks.splice(0);
    for (const { name } of pending) this.echoMark(name);
    return discarded;
  }

  nextFrame(): Buffer | null {
    this.ticks += 1;
    this.isOnAir = false;
    this.returnPlayedMarks();
    if (this.queuedBytes === 0) {
      if (this.dryBytes !== undefined) this.dryBytes += FRAME_BYTES;
      return null;
    }
    this.noteUnderrun();
    this.isOnAir = true;
    const frame = this.take();
    this.playedBytes += frame.length;
    if (frame.length === FRAME_BYTES) return frame;
    const padded = Buffer.alloc(FRAME_BYTES, MULAW_SILENCE);
    frame.copy(padded);
    this.dryBytes = FRAME_BYTES - frame.length;
    return padded;
  }

  private returnPlayedMarks(): void {
    for (;;) {
      const first = this.marks[0];
      if (!first || first.position > this.playedBytes) return;
      this.marks.shift();
      this.echoMark(first.name);
    }
  }

  private noteUnderrun(): void {
    const dryMs = (this.dryBytes ?? 0) / 8;
    if (dryMs > 0 && dryMs <= SPURT_HANGOVER_MS && this.underruns.length < 10_000)
      this.underruns.push({ atTick: this.ticks, ms: Math.max(dryMs, 1) });
    this.dryBytes = 0;
  }

  /** Up to one frame from the queue. */
  private take(): Buffer {
    const parts: Buffer[] = [];
    let wanted = FRAME_BYTES;
    while (wanted > 0) {
      const head = this.chunks[0];
      if (!head) break;
      const part = head.subarray(this.headOffset, this.headOffset + wanted);
      parts.push(part);
      wanted -= part.length;
      this.headOffset += part.length;
      if (this.headOffset >= head.length) {
        this.chunks.shift();
        this.headOffset = 0;
      }
    }
    this.queuedBytes -= FRAME_BYTES - wanted;
    return parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts);
  }
}

/** Milliseconds of a number of mu-law bytes. */
export const bytesToMs = (bytes: number): number => (bytes / FRAME_BYTES) * FRAME_MS;
