import fc from 'fast-check';
import { resample, Resampler } from './index';
import { tone } from './test-signals';

const AMPLITUDE = 10_000;
const sine = (hz: number, rate: number, seconds: number): Int16Array =>
  tone(AMPLITUDE, Math.round(rate * seconds), { hz, rate });

/** Level of one tone in dB against AMPLITUDE, by correlation over the middle of the signal (a whole number of periods for 100 Hz steps). */
const toneDb = (pcm: Int16Array, hz: number, rate: number): number => {
  const from = Math.round(rate * 0.1);
  const count = Math.round(rate * 0.5);
  let re = 0;
  let im = 0;
  for (let n = 0; n < count; n++) {
    const angle = (2 * Math.PI * hz * (from + n)) / rate;
    re += pcm[from + n]! * Math.cos(angle);
    im += pcm[from + n]! * Math.sin(angle);
  }
  return 20 * Math.log10((2 * Math.hypot(re, im)) / count / AMPLITUDE + 1e-9);
};

describe('Resampler', () => {
  it.each([
    [24_000, 8000],
    [22_050, 8000],
    [16_000, 8000],
    [8000, 16_000],
    [8000, 24_000],
  ])('from %i to %i Hz keeps 100 Hz to 3.4 kHz within 0.1 dB', (from, to) => {
    for (const hz of [100, 300, 1000, 2000, 3000, 3300, 3400])
      expect(Math.abs(toneDb(resample(sine(hz, from, 0.8), from, to), hz, to))).toBeLessThan(0.1);
  });

  it.each([
    [24_000, 11_000],
    [24_000, 5000],
    [22_050, 5000],
    [22_050, 4700],
    [16_000, 5000],
    [16_000, 4200],
  ])('from %i to 8000 Hz leaves less than -70 dB of a tone of %i Hz at its alias', (from, hz) => {
    const alias = Math.abs(hz - 8000 * Math.round(hz / 8000));
    expect(toneDb(resample(sine(hz, from, 0.8), from, 8000), alias, 8000)).toBeLessThan(-70);
  });

  it.each([
    [16_000, 8000 - 1000],
    [24_000, 8000 - 1000],
    [24_000, 8000 + 1000],
  ])('from 8000 to %i Hz leaves less than -70 dB of the image at %i Hz of a tone of 1 kHz', (to, image) => {
    expect(toneDb(resample(sine(1000, 8000, 0.8), 8000, to), image, to)).toBeLessThan(-70);
  });

  it('neither delays nor advances: sample k is the input at time k / rate', () => {
    const out = resample(sine(500, 24_000, 0.5), 24_000, 8000);
    const reference = sine(500, 8000, 0.5);
    for (let k = 100; k < 3900; k++) expect(Math.abs(out[k]! - reference[k]!)).toBeLessThan(12);
  });

  it('gives the same output however the input is cut, and ceil(n * to / from) samples', () => {
    const rates = fc.constantFrom([24_000, 8000], [22_050, 8000], [16_000, 8000], [8000, 24_000]);
    const pcm = fc.int16Array({ maxLength: 1500, size: 'max' });
    const cuts = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 8, size: 'max' });
    fc.assert(
      fc.property(rates, pcm, cuts, ([from, to], input, sizes) => {
        const whole = resample(input, from!, to!);
        const resampler = new Resampler(from!, to!);
        const pieces: Int16Array[] = [];
        let at = 0;
        for (const size of [...sizes, input.length]) {
          pieces.push(resampler.process(input.subarray(at, at + size)));
          at = Math.min(input.length, at + size);
        }
        pieces.push(resampler.flush());
        // As a boolean: a diff of thousands of samples at every step of the shrinking would take minutes.
        const joined = Int16Array.from(pieces.flatMap((piece) => [...piece]));
        return (
          Buffer.from(joined.buffer).equals(Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength)) &&
          whole.length === Math.ceil((input.length * to!) / from!)
        );
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('refuses a rate that is none', () => {
    expect(() => new Resampler(0, 8000)).toThrow('sample rate must be');
  });
});
