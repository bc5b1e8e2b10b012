import { packetOf } from './packet';
import {
  DECODER_RATE,
  LEVEL_DBFS,
  OVERHEAD_SYMBOLS,
  PREAMBLE_HZ,
  RAMP_MS,
  SYMBOL_MS,
  toneHz,
  WORD_PAUSE_MS,
} from './signal';
import { wordsOf } from './words';

export interface SpeechOptions {
  /** Of the samples made, in Hz: 8000 for a caller, 24000 for a simulated text-to-speech. */
  sampleRate?: number;
  /** Sequence number of the first word (modulo 64), so that a long answer made in pieces counts on. */
  firstSequence?: number;
  levelDbfs?: number;
  /** Silence between two words. */
  pauseMs?: number;
}

/** Writes one tone with its ramps; every symbol begins at phase zero. */
const writeTone = (
  out: Int16Array,
  from: number,
  to: number,
  hz: number,
  rate: number,
  amplitude: number,
) => {
  const ramp = (rate * RAMP_MS) / 1000;
  for (let i = from; i < to; i++) {
    const edge = Math.min(1, (i - from + 0.5) / ramp, (to - i - 0.5) / ramp);
    const envelope = 0.5 - 0.5 * Math.cos(Math.PI * edge);
    out[i] = Math.round(amplitude * envelope * Math.sin((2 * Math.PI * hz * (i - from)) / rate));
  }
};

const symbolsOf = (word: Uint8Array): number => OVERHEAD_SYMBOLS + 2 * word.length;

const durationOf = (words: readonly Uint8Array[], pauseMs: number): number =>
  words.reduce((sum, word) => sum + symbolsOf(word) * SYMBOL_MS, 0) + pauseMs * Math.max(0, words.length - 1);

/** How long `encodeSpeech` of this text lasts, in milliseconds. */
export const estimatedDurationMs = (text: string, options: SpeechOptions = {}): number =>
  durationOf(wordsOf(text), options.pauseMs ?? WORD_PAUSE_MS);

/** The text as sound that {@link SpeechDecoder} reads back; no words give no samples. */
export const encodeSpeech = (text: string, options: SpeechOptions = {}): Int16Array => {
  const { sampleRate = DECODER_RATE, firstSequence = 0, pauseMs = WORD_PAUSE_MS } = options;
  const amplitude = Math.min(1, 10 ** ((options.levelDbfs ?? LEVEL_DBFS) / 20) * Math.SQRT2) * 32_767;
  const words = wordsOf(text);
  const at = (ms: number): number => Math.round((ms * sampleRate) / 1000);
  const out = new Int16Array(at(durationOf(words, pauseMs)));
  let ms = 0;
  words.forEach((word, index) => {
    const tones = [...PREAMBLE_HZ, ...packetOf(word, firstSequence + index).map(toneHz)];
    for (const hz of tones) {
      writeTone(out, at(ms), at(ms + SYMBOL_MS), hz, sampleRate, amplitude);
      ms += SYMBOL_MS;
    }
    ms += pauseMs;
  });
  return out;
};
