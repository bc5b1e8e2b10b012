import fc from 'fast-check';
import { Limiter } from './index';
import { inPieces, peakOf, tone } from './test-signals';

const ceiling = Math.floor(32_768 * 10 ** (-3 / 20));
const limiterOf = (): Limiter => new Limiter({ sampleRate: 8000, peakDbfs: -3 });
const limited = (pcm: Int16Array, gain = 1, sizes = [160]): Int16Array => {
  const limiter = limiterOf();
  return inPieces(
    pcm,
    sizes,
    (piece) => limiter.process(piece, gain),
    () => limiter.flush(),
  );
};

describe('Limiter', () => {
  it('leaves what lies under the limit as it was, sample for sample', () => {
    const pcm = tone(ceiling - 1, 4000);
    expect(limited(pcm)).toEqual(pcm);
  });

  it('never lets a sample over the limit, and gives as many as came in, however they are cut', () => {
    const pcm = fc.int16Array({ maxLength: 600, size: 'max' });
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(pcm, sizes, fc.double({ min: 0.1, max: 10, noNaN: true }), (input, cuts, gain) => {
        const whole = limited(input, gain, [Math.max(1, input.length)]);
        const cut = limited(input, gain, cuts);
        return (
          whole.length === input.length &&
          peakOf(whole) <= ceiling &&
          Buffer.from(whole.buffer).equals(Buffer.from(cut.buffer))
        );
      }),
      { numRuns: 100 },
    );
  });

  it('turns a peak down without bending it: a loud tone keeps its shape', () => {
    const loud = limited(tone(20_000, 8000), 2).subarray(1000, 7000);
    const reference = tone(ceiling, 8000).subarray(1000, 7000);
    const distortion = loud.reduce((most, sample, n) => Math.max(most, Math.abs(sample - reference[n]!)), 0);
    expect(distortion).toBeLessThan(ceiling * 0.03);
  });

  it('is back at full gain 300 ms after a peak', () => {
    const pcm = tone(5000, 8000);
    pcm[100] = 32_767;
    const out = limited(pcm);
    expect(Math.abs(out[4000]! - pcm[4000]!)).toBeLessThanOrEqual(10);
    expect(peakOf(out.subarray(60, 140))).toBeLessThanOrEqual(ceiling);
  });

  it('is as new after a flush', () => {
    const limiter = limiterOf();
    limiter.process(tone(30_000, 500), 3);
    limiter.flush();
    const pcm = tone(3000, 500);
    expect(Int16Array.from([...limiter.process(pcm), ...limiter.flush()])).toEqual(pcm);
  });
});
