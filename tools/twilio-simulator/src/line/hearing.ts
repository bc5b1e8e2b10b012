import { decodeMulaw, FRAME_MS } from '@frontdesk/audio';
import { DtmfDecoder, SpeechDecoder, type Word } from '@frontdesk/audio-identity';
import type { Clock } from '@frontdesk/runtime';
import { isAudible } from './level';

/** Nothing played for so long ends a talk spurt; less is a hole in it. */
export const SPURT_HANGOVER_MS = 300;
/** Silence that is being played (not: nothing played) ends a spurt after longer: people pause. */
const SILENCE_ENDS_SPURT_MS = 1_000;
/** Pauses between words do not make somebody inaudible. */
const AUDIBLE_HANGOVER_MS = 250;
const MAX_SPURTS = 2_000;
const MAX_DIGITS = 1_000;

/** What the far end heard from the moment something was audible until playing ran dry. Times: epoch milliseconds. */
export interface Spurt {
  readonly startMs: number;
  endMs: number | null;
  readonly words: { text: string; sequence: number; startMs: number; endMs: number; ok: boolean }[];
  text: string;
}

/** The far end's ear: finds talk spurts in what is played to it and reads the words and keys in them. */
export class Hearing {
  readonly spurts: Spurt[] = [];
  /** Telephone keys in what was played, as an answering machine or a menu takes them. */
  digits = '';
  private readonly keys = new DtmfDecoder();
  private open: { spurt: Spurt; decoder: SpeechDecoder; originMs: number } | undefined;
  private dryTicks = 0;
  private quietTicks = 0;
  private ticks = 0;
  private audibleSinceTick: number | undefined;
  private lastAudibleTick = -Infinity;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** Takes the frame of this tick; null when nothing is being played. */
  hear(frame: Buffer | null): void {
    this.ticks += 1;
    const audible = frame !== null && isAudible(frame);
    this.trackAudibility(audible);
    if (audible && !this.open) this.begin();
    if (!this.open) return;
    this.dryTicks = frame ? 0 : this.dryTicks + 1;
    this.quietTicks = audible ? 0 : this.quietTicks + 1;
    const samples = frame ? decodeMulaw(frame) : SILENT_PCM;
    this.keep(this.open.decoder.push(samples));
    const digit = this.keys.push(samples);
    if (digit && this.digits.length < MAX_DIGITS) this.digits += digit;
    if (this.dryTicks * FRAME_MS >= SPURT_HANGOVER_MS) this.end(this.dryTicks * FRAME_MS);
    else if (this.quietTicks * FRAME_MS >= SILENCE_ENDS_SPURT_MS) this.end(this.quietTicks * FRAME_MS);
  }

  /** How long the other side has been audible without a real pause, milliseconds. */
  get audibleForMs(): number {
    return this.audibleSinceTick === undefined ? 0 : (this.ticks - this.audibleSinceTick + 1) * FRAME_MS;
  }

  /** How long nothing has been audible, milliseconds; infinite when nothing ever was. */
  get silentForMs(): number {
    return (this.ticks - this.lastAudibleTick) * FRAME_MS;
  }

  /** Counts the ticks so far, to mark a moment by. */
  get position(): number {
    return this.ticks;
  }

  /** Whether anything was audible after a {@link position}. */
  audibleAfter(position: number): boolean {
    return this.lastAudibleTick > position;
  }

  /** Ends what is open: the call is over. */
  close(): void {
    if (this.open) this.end(this.dryTicks * FRAME_MS);
  }

  get heardText(): string {
    return this.spurts
      .map((spurt) => spurt.text)
      .filter(Boolean)
      .join(' ');
  }

  private trackAudibility(audible: boolean): void {
    if (audible) {
      this.lastAudibleTick = this.ticks;
      this.audibleSinceTick ??= this.ticks;
    } else if (this.silentForMs > AUDIBLE_HANGOVER_MS) this.audibleSinceTick = undefined;
  }

  private begin(): void {
    const startMs = this.clock.now();
    const spurt: Spurt = { startMs, endMs: null, words: [], text: '' };
    if (this.spurts.length < MAX_SPURTS) this.spurts.push(spurt);
    this.open = { spurt, decoder: new SpeechDecoder(), originMs: startMs };
    this.dryTicks = 0;
    this.quietTicks = 0;
  }

  private keep(words: readonly Word[]): void {
    if (!this.open || words.length === 0) return;
    const { spurt, originMs } = this.open;
    for (const word of words)
      spurt.words.push({
        ...word,
        startMs: Math.round(originMs + word.startMs),
        endMs: Math.round(originMs + word.endMs),
      });
    spurt.text = spurt.words.map((word) => (word.ok ? word.text : `${word.text}~`)).join(' ');
  }

  private end(trailingMs: number): void {
    if (!this.open) return;
    this.keep(this.open.decoder.flush());
    this.open.spurt.endMs = this.clock.now() - trailingMs + FRAME_MS;
    this.open = undefined;
  }
}

const SILENT_PCM = new Int16Array((FRAME_MS * 8_000) / 1000);
