import { Goertzel } from './goertzel';
import { isIntact, readHeader, textOf } from './packet';
import { SampleBuffer } from './sample-buffer';
import { CRC_SYMBOLS, DECODER_RATE, HEADER_SYMBOLS, PREAMBLE_HZ, SYMBOL_SAMPLES, toneHz } from './signal';

/** One word as heard. */
export interface Word {
  /** The word; of a word that was cut or damaged, the letters before the damage. */
  readonly text: string;
  /** Counts the speaker's words, modulo 64: a step of more than one is a word nobody heard. */
  readonly sequence: number;
  /** From the first sample the decoder was given. */
  readonly startMs: number;
  readonly endMs: number;
  /** Whole, and its checksum right. */
  readonly ok: boolean;
}

/** Step of the search for a preamble: 5 ms. */
const HOP = DECODER_RATE / 200;
/** Steps of the alignment once one is found: half a millisecond. */
const FINE_STEP = 4;
/** Mean square under which a hop is silence, at about -64 dBFS: no arithmetic is spent on it. */
const QUIET = 20 * 20;
/** A preamble's tones must hold this share of the energy; noise of equal power leaves about half. */
const PREAMBLE_SHARE = 0.3;
/** A symbol whose best tone holds less was not spoken as part of this word: the word is cut there. */
const SYMBOL_SHARE = 0.25;
/** And so was one this much weaker than the preamble. */
const LEVEL_DROP = 0.02;
const PREAMBLE_SAMPLES = PREAMBLE_HZ.length * SYMBOL_SAMPLES;

const [highTone, lowTone] = PREAMBLE_HZ.map((hz) => new Goertzel(hz, DECODER_RATE)) as [Goertzel, Goertzel];
const nibbleTones = Array.from({ length: 16 }, (_, nibble) => new Goertzel(toneHz(nibble), DECODER_RATE));

interface Packet {
  readonly start: number;
  /** Tone power of its preamble, to tell when the speaker has gone. */
  readonly power: number;
  readonly nibbles: number[];
  header?: { sequence: number; length: number };
}

const toMs = (position: number): number => (position * 1000) / DECODER_RATE;

/**
 * Reads words from telephone audio as it arrives: 8 kHz samples in pieces of any size.
 *
 * Hunting: every 5 ms it looks for the preamble; silence costs one sum. Found and aligned, it is receiving: symbol
 * after symbol until the packet is whole (ok or not), or until a symbol is no tone of ours (cut off). Back to
 * hunting then, for a damaged packet from within its preamble, since another word may have begun inside it. A word
 * cut before its header is whole is not reported: nobody could say which it was.
 */
export class SpeechDecoder {
  private buffer = new SampleBuffer();
  private hunt = 0;
  private packet: Packet | undefined;

  /** Whether a word has begun and not ended. */
  get isReceiving(): boolean {
    return this.packet !== undefined;
  }

  /** Takes samples in and returns the words that ended with them. */
  push(pcm: Int16Array): Word[] {
    this.buffer.push(pcm);
    const words: Word[] = [];
    for (;;) {
      const word = this.packet ? this.receive(this.packet) : this.search();
      if (word === 'more samples') break;
      if (word) words.push(word);
    }
    this.buffer.discardBefore((this.packet?.start ?? this.hunt) - HOP);
    return words;
  }

  /** The audio has ended: the word being spoken, cut as it is. What is pushed next is a new stream. */
  flush(): Word[] {
    // Silence brings a complete last word through, and shows a cut one as cut.
    const words = this.push(new Int16Array(PREAMBLE_SAMPLES + 4 * SYMBOL_SAMPLES));
    this.buffer = new SampleBuffer();
    this.resumeHunting(0);
    return words;
  }

  private search(): undefined | 'more samples' {
    // The alignment may look two hops past the place where the preamble was first noticed.
    for (; this.hunt + PREAMBLE_SAMPLES + 2 * HOP <= this.buffer.end; this.hunt += HOP) {
      if (this.energy(this.hunt, HOP) < QUIET * HOP) continue;
      if (this.preambleShare(this.hunt) < PREAMBLE_SHARE) continue;
      const start = this.align(this.hunt);
      this.packet = { start, power: this.preamblePower(start) / PREAMBLE_HZ.length, nibbles: [] };
      return undefined;
    }
    return 'more samples';
  }

  private receive(packet: Packet): Word | undefined | 'more samples' {
    const at = packet.start + PREAMBLE_SAMPLES + packet.nibbles.length * SYMBOL_SAMPLES;
    if (at + SYMBOL_SAMPLES > this.buffer.end) return 'more samples';
    const nibble = this.nibbleAt(at, packet.power);
    if (nibble === undefined) return this.cutOff(packet, at);
    packet.nibbles.push(nibble);
    if (packet.nibbles.length === HEADER_SYMBOLS) {
      packet.header = readHeader(packet.nibbles);
      if (!packet.header) this.resumeHunting(packet.start + SYMBOL_SAMPLES);
      return undefined;
    }
    const { header } = packet;
    if (!header || packet.nibbles.length < HEADER_SYMBOLS + 2 * header.length + CRC_SYMBOLS) return undefined;
    const ok = isIntact(packet.nibbles);
    const end = at + SYMBOL_SAMPLES;
    this.resumeHunting(ok ? end - HOP : packet.start + SYMBOL_SAMPLES);
    return this.wordOf(packet, header, end, ok);
  }

  private cutOff(packet: Packet, at: number): Word | undefined {
    // The next word may have begun within the symbol before the one that failed.
    this.resumeHunting(Math.max(packet.start, at - 2 * SYMBOL_SAMPLES) + SYMBOL_SAMPLES);
    return packet.header && this.wordOf(packet, packet.header, at, false);
  }

  private wordOf(packet: Packet, header: NonNullable<Packet['header']>, end: number, ok: boolean): Word {
    const text = textOf(packet.nibbles.slice(HEADER_SYMBOLS, HEADER_SYMBOLS + 2 * header.length));
    return { text, sequence: header.sequence, startMs: toMs(packet.start), endMs: toMs(end), ok };
  }

  private resumeHunting(position: number): void {
    this.packet = undefined;
    this.hunt = position;
  }

  /** The start near `coarse` at which the preamble's tones are strongest. */
  private align(coarse: number): number {
    let best = coarse;
    let bestPower = -1;
    for (
      let start = Math.max(coarse - HOP, this.buffer.begin);
      start <= coarse + 2 * HOP;
      start += FINE_STEP
    ) {
      const power = this.preamblePower(start);
      if (power > bestPower) [best, bestPower] = [start, power];
    }
    return best;
  }

  private nibbleAt(position: number, preamblePower: number): number | undefined {
    const from = this.buffer.index(position);
    let best = 0;
    let bestPower = 0;
    for (let nibble = 0; nibble < 16; nibble++) {
      const power = nibbleTones[nibble]!.power(this.buffer.samples, from, from + SYMBOL_SAMPLES);
      if (power > bestPower) [best, bestPower] = [nibble, power];
    }
    const share = this.shareOf(bestPower, position);
    return share < SYMBOL_SHARE || bestPower < LEVEL_DROP * preamblePower ? undefined : best;
  }

  private preambleShare(start: number): number {
    const low = start + SYMBOL_SAMPLES;
    return Math.min(
      this.shareOf(this.powerOf(highTone, start), start),
      this.shareOf(this.powerOf(lowTone, low), low),
    );
  }

  private preamblePower(start: number): number {
    return this.powerOf(highTone, start) + this.powerOf(lowTone, start + SYMBOL_SAMPLES);
  }

  private powerOf(tone: Goertzel, position: number): number {
    const from = this.buffer.index(position);
    return tone.power(this.buffer.samples, from, from + SYMBOL_SAMPLES);
  }

  /** Share of a symbol's energy that a tone of this power holds, 0 to 1. */
  private shareOf(power: number, position: number): number {
    const energy = this.energy(position, SYMBOL_SAMPLES);
    return energy === 0 ? 0 : (2 * power) / (SYMBOL_SAMPLES * energy);
  }

  private energy(position: number, count: number): number {
    const from = this.buffer.index(position);
    const { samples } = this.buffer;
    let sum = 0;
    for (let i = from; i < from + count; i++) sum += samples[i]! * samples[i]!;
    return sum;
  }
}

/** What a finished piece of audio says: its words, and the text of those that are whole. */
export const decodeSpeech = (pcm: Int16Array): { words: Word[]; text: string } => {
  const decoder = new SpeechDecoder();
  const words = [...decoder.push(pcm), ...decoder.flush()];
  const text = words
    .filter((word) => word.ok)
    .map((word) => word.text)
    .join(' ');
  return { words, text };
};
