/**
 * How a word becomes sound, in one place: encoder and decoder share these numbers.
 *
 * A word is a packet of 25 ms symbols, each one tone:
 *   preamble (2) · sequence and length with their check (4) · UTF-8 as nibbles (2 a byte) · CRC-16 (4)
 * A word of ten Latin letters lasts 30 symbols, 750 ms; a Hebrew letter takes two bytes, 100 ms.
 */

/** What the decoder takes in: telephone audio. */
export const DECODER_RATE = 8000;

export const SYMBOL_MS = 25;
export const SYMBOL_SAMPLES = (DECODER_RATE * SYMBOL_MS) / 1000;
/** Raised-cosine edges keep a symbol's energy out of its neighbours' bands. */
export const RAMP_MS = 2;

/** One nibble a tone: 600 to 3000 Hz. 160 Hz is four whole cycles a symbol, so the tones are orthogonal. */
export const toneHz = (nibble: number): number => 600 + 160 * nibble;
/** The next steps of the grid on either side: never a nibble, so a payload cannot look like a preamble. */
export const PREAMBLE_HZ = [3160, 440] as const;

export const HEADER_SYMBOLS = 4;
export const CRC_SYMBOLS = 4;
/** Symbols of a packet that carry no text. */
export const OVERHEAD_SYMBOLS = PREAMBLE_HZ.length + HEADER_SYMBOLS + CRC_SYMBOLS;

/** Six bits each in the header. A longer text is spoken as several words. */
export const MAX_WORD_BYTES = 63;
export const SEQUENCE_MODULUS = 64;

/** Far under the 500 ms of silence after which a voice activity detector ends a turn. */
export const WORD_PAUSE_MS = 50;

/** Root mean square of the tones. */
export const LEVEL_DBFS = -20;
