import { FRAME_BYTES, FRAME_MS, MULAW_SILENCE, SAMPLE_RATE } from './constants';
import { encodeMulaw } from './mulaw';

/** ITU-T Q.23: a key is the sum of the tone of its row and the tone of its column, Hz. */
const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477, 1633];
const KEYS = ['123A', '456B', '789C', '*0#D'];

/** As long as telephones of today send them; receivers must take 40 ms of each (ITU-T Q.24). */
const TONE_MS = 100;
const GAP_MS = 100;
/** A `w` waits, as in Twilio's own digits. */
const PAUSE_MS = 500;
/** The upper tone is 2 dB louder, as the line loses more of it. A full-scale sine is +3.17 dBm0. */
const ROW_DBM0 = -9;
const COLUMN_DBM0 = -7;
const FULL_SCALE_DBM0 = 3.17;
const FULL_SCALE = 32_635;
/** Rise and fall without a click. */
const RAMP_MS = 2;

/** More digits than a telephone number or a card has. */
export const MAX_DTMF_DIGITS = 40;

const amplitude = (dbm0: number): number => FULL_SCALE * 10 ** ((dbm0 - FULL_SCALE_DBM0) / 20);

const toneOf = (row: number, column: number): Buffer => {
  const samples = new Int16Array((TONE_MS * SAMPLE_RATE) / 1000);
  const ramp = (RAMP_MS * SAMPLE_RATE) / 1000;
  const low = amplitude(ROW_DBM0);
  const high = amplitude(COLUMN_DBM0);
  for (let i = 0; i < samples.length; i++) {
    const angle = (2 * Math.PI * i) / SAMPLE_RATE;
    const level = Math.min(1, (i + 1) / ramp, (samples.length - i) / ramp);
    samples[i] = Math.round(level * (low * Math.sin(angle * row) + high * Math.sin(angle * column)));
  }
  return encodeMulaw(samples);
};

/** Made once: sending digits then only copies bytes. */
const tones = new Map(
  KEYS.flatMap((keys, row) =>
    [...keys].map((key, column) => [key, toneOf(ROWS[row]!, COLUMNS[column]!)] as const),
  ),
);
const silence = (ms: number): Buffer => Buffer.alloc((ms / FRAME_MS) * FRAME_BYTES, MULAW_SILENCE);
const gap = silence(GAP_MS);
const pause = silence(PAUSE_MS);

/**
 * Digits as dual tones in 8 kHz mu-law, whole 20 ms frames: 100 ms of tone and 100 ms of silence each; `w` waits 500 ms.
 * @param digits 0 to 9, `*`, `#`, A to D, `w`; at most {@link MAX_DTMF_DIGITS}. Throws a RangeError for anything else.
 */
export const encodeDtmf = (digits: string): Buffer => {
  if (digits.length === 0 || digits.length > MAX_DTMF_DIGITS)
    throw new RangeError(`1 to ${MAX_DTMF_DIGITS} digits can be sent, not ${digits.length}`);
  return Buffer.concat(
    [...digits.toUpperCase()].flatMap((digit) => {
      if (digit === 'W') return [pause];
      const tone = tones.get(digit);
      if (!tone) throw new RangeError('digits are 0 to 9, *, #, A to D, and w for a pause');
      return [tone, gap];
    }),
  );
};
