import { decodeMulaw } from './mulaw';
import { encodeDtmf } from './dtmf';

const FREQUENCIES = [697, 770, 852, 941, 1209, 1336, 1477, 1633];

/** Level of one frequency in dBm0, by Goertzel's algorithm over all samples. */
const levelOf = (samples: Int16Array, hz: number): number => {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 8000);
  let last = 0;
  let before = 0;
  for (const sample of samples) [last, before] = [sample + coefficient * last - before, last];
  const power = last * last + before * before - coefficient * last * before;
  const amplitude = (2 * Math.sqrt(Math.max(0, power))) / samples.length;
  return 20 * Math.log10(amplitude / 32_635) + 3.17;
};

describe('encodeDtmf', () => {
  const pairs: [string, number, number][] = [
    ['1', 697, 1209],
    ['2', 697, 1336],
    ['3', 697, 1477],
    ['A', 697, 1633],
    ['4', 770, 1209],
    ['5', 770, 1336],
    ['6', 770, 1477],
    ['B', 770, 1633],
    ['7', 852, 1209],
    ['8', 852, 1336],
    ['9', 852, 1477],
    ['C', 852, 1633],
    ['*', 941, 1209],
    ['0', 941, 1336],
    ['#', 941, 1477],
    ['D', 941, 1633],
  ];

  it.each(pairs)(
    'makes %s of %i Hz at -9 dBm0 and %i Hz at -7, and 15 dB less of all others',
    (key, row, column) => {
      const tone = decodeMulaw(encodeDtmf(key).subarray(0, 800));
      expect(levelOf(tone, row)).toBeCloseTo(-9, 0);
      expect(levelOf(tone, column)).toBeCloseTo(-7, 0);
      for (const other of FREQUENCIES.filter((hz) => hz !== row && hz !== column))
        expect(levelOf(tone, other)).toBeLessThan(-24);
    },
  );

  it('sends 100 ms of tone and 100 ms of silence a digit, waits 500 ms for w, and never clips', () => {
    const mulaw = encodeDtmf('1w#');
    expect(mulaw.length / 8).toBe(200 + 500 + 200);
    expect(mulaw.length % 160).toBe(0);
    expect(mulaw.subarray(800, 5600).every((byte) => byte === 0xff)).toBe(true);
    expect(Math.max(...decodeMulaw(mulaw).map(Math.abs))).toBeLessThan(24_000);
  });

  it('refuses what is no key, nothing at all, and more than 40 digits', () => {
    expect(() => encodeDtmf('12x')).toThrow(RangeError);
    expect(() => encodeDtmf('')).toThrow(RangeError);
    expect(() => encodeDtmf('1'.repeat(41))).toThrow(/40/);
    expect(encodeDtmf('a')).toEqual(encodeDtmf('A'));
  });
});
