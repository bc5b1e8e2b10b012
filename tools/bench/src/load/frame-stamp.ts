// Every 20 ms frame that the generator lets the model (or the greeting) say begins with six bytes that say which frame it
// is. So each frame that reaches the caller is known, not guessed, and costs eight base64 characters to read.
export const FRAME_BYTES = 160;
export const FRAME_MS = 20;
/** Slots tell the responses of one call apart; this one is the greeting's. */
export const GREETING_SLOT = 255;
export const RESPONSE_SLOTS = 64;
const MAGIC_START = 0x9d;
const MAGIC_END = 0xd562;
/** Mu-law silence: what lies behind the stamp. */
const SILENCE = 0xff;

export interface Stamp {
  slot: number;
  index: number;
}

/** Mu-law of a loud square wave: a caller who speaks must be heard to speak, not only be said to. */
const LOUD = [0x90, 0x10];
const LOUD_HALF_PERIOD_BYTES = 16;

/** A stamped frame whose rest is loud. */
export const loudFrame = (slot: number, index: number): Buffer => {
  const frame = Buffer.alloc(FRAME_BYTES);
  for (let at = 0; at < FRAME_BYTES; at++) frame[at] = LOUD[Math.floor(at / LOUD_HALF_PERIOD_BYTES) % 2]!;
  writeStamp(frame, 0, slot, index);
  return frame;
};

/** Frames `from` to `from + count` of a slot. */
export const stampedAudio = (slot: number, from: number, count: number): Buffer => {
  const audio = Buffer.alloc(count * FRAME_BYTES, SILENCE);
  for (let frame = 0; frame < count; frame++) writeStamp(audio, frame * FRAME_BYTES, slot, from + frame);
  return audio;
};

const writeStamp = (target: Buffer, offset: number, slot: number, index: number): void => {
  target[offset] = MAGIC_START;
  target[offset + 1] = slot;
  target.writeUInt16BE(index, offset + 2);
  target.writeUInt16BE(MAGIC_END, offset + 4);
};

const sextets = new Uint8Array(256);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach(
  (character, value) => (sextets[character.charCodeAt(0)] = value),
);

/**
 * The stamp at the start of a base64 text within a buffer.
 * @returns slot · 65,536 + index; -1 when there is none
 */
export const readBase64Stamp = (text: Buffer, at: number): number => {
  const word = (offset: number): number =>
    (sextets[text[offset]!]! << 18) |
    (sextets[text[offset + 1]!]! << 12) |
    (sextets[text[offset + 2]!]! << 6) |
    sextets[text[offset + 3]!]!;
  const high = word(at);
  const low = word(at + 4);
  if (high >> 16 !== MAGIC_START || (low & 0xffff) !== MAGIC_END) return -1;
  return (high & 0xffff) * 256 + (low >> 16);
};

/** The stamp of a frame within decoded audio, in the same form. */
export const readStamp = (audio: Buffer, at: number): number =>
  audio.length >= at + 6 && audio[at] === MAGIC_START && audio.readUInt16BE(at + 4) === MAGIC_END
    ? audio.readUIntBE(at + 1, 3)
    : -1;
