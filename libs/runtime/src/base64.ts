/**
 * Base64 from bytes to bytes (RFC 4648 §4), for what passes fifty times a second and call: a text in between would cost
 * more than the work itself. Everything else takes Node's own.
 */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const EQUALS = 0x3d;
const NONE = -1;

const codes = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const values = new Int8Array(256).fill(NONE);
codes.forEach((code, value) => (values[code] = value));

/** Bytes that so many characters with their padding stand for. */
const decodedLength = (source: Uint8Array, from: number, to: number): number => {
  const padding = source[to - 1] !== EQUALS ? 0 : source[to - 2] !== EQUALS ? 1 : 2;
  return ((to - from) / 4) * 3 - padding;
};

/** Whether these characters are base64 in whole groups of four, padded at the end alone. */
export const isBase64 = (source: Uint8Array, from: number, to: number): boolean => {
  if ((to - from) % 4 !== 0) return false;
  const letters = to - from === 0 ? from : from + Math.ceil((decodedLength(source, from, to) * 4) / 3);
  for (let index = from; index < letters; index++) if (values[source[index]!] === NONE) return false;
  return true;
};

/**
 * Decodes the characters `from` to `to` into `target` at `at`, which must have room.
 * @returns the bytes written; -1 when the characters are not base64 in whole groups of four: then what lies in the room is
 * undefined
 */
export const decodeBase64 = (
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): number => {
  if ((to - from) % 4 !== 0) return NONE;
  if (to === from) return 0;
  const bytes = decodedLength(source, from, to);
  const whole = at + bytes - (bytes % 3);
  let read = from;
  let put = at;
  while (put < whole) {
    const group =
      (values[source[read]!]! << 18) |
      (values[source[read + 1]!]! << 12) |
      (values[source[read + 2]!]! << 6) |
      values[source[read + 3]!]!;
    // -1 has all bits set, and so has whatever it is part of.
    if (group < 0) return NONE;
    target[put] = group >> 16;
    target[put + 1] = group >> 8;
    target[put + 2] = group;
    read += 4;
    put += 3;
  }
  if (read === to) return bytes;
  const group =
    (values[source[read]!]! << 18) |
    (values[source[read + 1]!]! << 12) |
    (bytes % 3 === 2 ? values[source[read + 2]!]! << 6 : 0);
  if (group < 0) return NONE;
  target[put] = group >> 16;
  if (bytes % 3 === 2) target[put + 1] = group >> 8;
  return bytes;
};

/** Characters that so many bytes become. */
export const encodedLength = (bytes: number): number => Math.ceil(bytes / 3) * 4;

/**
 * Encodes the bytes `from` to `to` into `target` at `at`, which must have room.
 * @returns the index behind the last character
 */
export const encodeBase64 = (
  source: Uint8Array,
  from: number,
  to: number,
  target: Uint8Array,
  at: number,
): number => {
  const whole = to - ((to - from) % 3);
  let read = from;
  let put = at;
  while (read < whole) {
    const group = (source[read]! << 16) | (source[read + 1]! << 8) | source[read + 2]!;
    target[put] = codes[group >> 18]!;
    target[put + 1] = codes[(group >> 12) & 63]!;
    target[put + 2] = codes[(group >> 6) & 63]!;
    target[put + 3] = codes[group & 63]!;
    read += 3;
    put += 4;
  }
  if (read === to) return put;
  const isOne = to - read === 1;
  const group = (source[read]! << 16) | (isOne ? 0 : source[read + 1]! << 8);
  target[put] = codes[group >> 18]!;
  target[put + 1] = codes[(group >> 12) & 63]!;
  target[put + 2] = isOne ? EQUALS : codes[(group >> 6) & 63]!;
  target[put + 3] = EQUALS;
  return put + 4;
};
