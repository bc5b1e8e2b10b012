import { decodeMulaw, encodeMulaw } from './index';

const encodeOne = (sample: number): number => encodeMulaw(Int16Array.of(sample))[0]!;
const decodeOne = (byte: number): number => decodeMulaw(Uint8Array.of(byte))[0]!;

describe('mu-law', () => {
  it('encodes the spot values of the reference', () => {
    expect([1000, 32767, -32768, 0, -1].map(encodeOne)).toEqual([0xce, 0x80, 0x00, 0xff, 0x7f]);
  });

  it('decodes the spot values of the reference', () => {
    const bytes = [0x80, 0x90, 0xa0, 0xb0, 0xc0, 0xd0, 0xe0, 0xf0, 0xfe, 0xff, 0x7f, 0x00];
    const expected = [32124, 15996, 7932, 3900, 1884, 876, 372, 120, 8, 0, 0, -32124];
    expect(bytes.map((byte) => decodeOne(byte) + 0)).toEqual(expected);
  });

  it('gives back every byte it decoded, but for the second zero', () => {
    for (let byte = 0; byte < 256; byte++)
      expect(encodeOne(decodeOne(byte))).toBe(byte === 0x7f ? 0xff : byte);
  });

  it('errs by no more than half a step of 1024 until it clips, for all 65,536 samples', () => {
    const pcm = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
    const back = decodeMulaw(encodeMulaw(pcm));
    const worst = pcm.reduce(
      (max, sample, i) => Math.max(max, Math.abs(Math.max(-32_635, Math.min(32_635, sample)) - back[i]!)),
      0,
    );
    expect(worst).toBeLessThanOrEqual(512);
    expect(back.every((sample, i) => i === 0 || sample >= back[i - 1]!)).toBe(true);
  });
});
