import { decodeMulaw } from '@frontdesk/audio';

/** Mean square of an audible frame: about -45 dBFS, well under speech at -20 and over line noise. */
const AUDIBLE_MEAN_SQUARE = (32_768 * 10 ** (-45 / 20)) ** 2;

const squares = Float64Array.from(
  decodeMulaw(Uint8Array.from({ length: 256 }, (_, byte) => byte)),
  (s) => s * s,
);

/** Whether a person would hear something in this mu-law. */
export const isAudible = (mulaw: Uint8Array): boolean => {
  let sum = 0;
  for (let i = 0; i < mulaw.length; i++) sum += squares[mulaw[i] ?? 0] ?? 0;
  return sum > AUDIBLE_MEAN_SQUARE * mulaw.length;
};
