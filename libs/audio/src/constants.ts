/** Telephone audio as Twilio carries it: G.711 mu-law, one byte a sample. */
export const SAMPLE_RATE = 8000;
/** One frame of the media path. */
export const FRAME_MS = 20;
export const FRAME_BYTES = (SAMPLE_RATE * FRAME_MS) / 1000;
/** Mu-law for zero. A byte 0x00 is the loudest negative sample instead: a zero-filled buffer is a click, not silence. */
export const MULAW_SILENCE = 0xff;
