import { MAX_WORD_BYTES, SEQUENCE_MODULUS } from './signal';

/** CRC-16/CCITT-FALSE over nibbles, high bit first. */
const crc16 = (nibbles: readonly number[]): number => {
  let crc = 0xffff;
  for (const nibble of nibbles) {
    crc ^= nibble << 12;
    for (let bit = 0; bit < 4; bit++)
      crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
};

const nibblesOf = (value: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => (value >> (4 * (count - 1 - index))) & 0xf);

/** Without its check a header read from noise would swallow up to three seconds of real words. */
const headerCheck = (first: number, second: number, third: number): number => first ^ second ^ third ^ 0xa;

/** The nibbles of one word's packet, without the preamble. */
export const packetOf = (bytes: Uint8Array, sequence: number): number[] => {
  const [first, second, third] = nibblesOf(((sequence % SEQUENCE_MODULUS) << 6) | bytes.length, 3) as [
    number,
    number,
    number,
  ];
  const body = [first, second, third, headerCheck(first, second, third)];
  for (const byte of bytes) body.push(byte >> 4, byte & 0xf);
  return [...body, ...nibblesOf(crc16(body), 4)];
};

/** Sequence and length in bytes, or undefined when these four nibbles are no header. */
export const readHeader = (nibbles: readonly number[]): { sequence: number; length: number } | undefined => {
  const [first, second, third, check] = nibbles as [number, number, number, number];
  if (headerCheck(first, second, third) !== check) return undefined;
  const value = (first << 8) | (second << 4) | third;
  const length = value & MAX_WORD_BYTES;
  return length === 0 ? undefined : { sequence: value >> 6, length };
};

/** Whether a whole packet's CRC holds. */
export const isIntact = (nibbles: readonly number[]): boolean => {
  const received = nibbles.slice(-4).reduce((value, nibble) => (value << 4) | nibble, 0);
  return crc16(nibbles.slice(0, -4)) === received;
};

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of payload nibbles, as far as they go: a letter cut in half is left out. */
export const textOf = (nibbles: readonly number[]): string => {
  const bytes = Uint8Array.from(
    { length: nibbles.length >> 1 },
    (_, index) => (nibbles[2 * index]! << 4) | nibbles[2 * index + 1]!,
  );
  return utf8.decode(bytes).replace(/\ufffd+$/, '');
};
