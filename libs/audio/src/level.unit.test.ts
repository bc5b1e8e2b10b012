import fc from 'fast-check';
import { LevelledStream, normalizeLevel, resample, rmsDbfs } from './index';
import { concat } from './concat';
import { inPieces, peakOf, peakyVoice, silence, tone } from './test-signals';

const LIMIT = 32_768 * 10 ** (-3 / 20);
/** Of the stretches in which the reference speaks: 200 of each 250 ms. */
const spokenRms = (pcm: Int16Array): number =>
  rmsDbfs(Int16Array.from([...pcm].filter((_sample, n) => n > 2000 && (n / 8000) % 0.25 < 0.2)));

describe('rmsDbfs', () => {
  it('is -3 dB for a full-scale sine and -Infinity for silence', () => {
    expect(rmsDbfs(tone(32_767, 8000))).toBeCloseTo(-3.01, 1);
    expect(rmsDbfs(silence(100))).toBe(-Infinity);
    expect(rmsDbfs(silence(0))).toBe(-Infinity);
  });
});

describe('normalizeLevel', () => {
  it('brings speech to -20 dBFS whatever its level and the silence around it', () => {
    for (const amplitude of [300, 3000, 30_000]) {
      const levelled = normalizeLevel(concat([tone(amplitude, 8000), silence(24_000)]), 8000);
      expect(Math.abs(rmsDbfs(levelled.subarray(0, 8000)) + 20)).toBeLessThan(0.2);
    }
  });

  it.each([1000, 12_000, 32_000])('brings a peaky voice to -20 dBFS too, at amplitude %i', (amplitude) => {
    const voice = peakyVoice(3, 8000, amplitude);
    // What one gain alone would come to, with its peaks at the limit.
    expect(spokenRms(voice) - 20 * Math.log10(peakOf(voice) / LIMIT)).toBeLessThan(-21);
    const levelled = normalizeLevel(voice, 8000);
    expect(Math.abs(spokenRms(levelled) + 20)).toBeLessThan(0.7);
    expect(peakOf(levelled)).toBeLessThanOrEqual(LIMIT);
  });

  it('never lets a peak over -3 dBFS', () => {
    fc.assert(
      fc.property(fc.int16Array({ minLength: 1, maxLength: 400, size: 'max' }), (pcm) => {
        const isQuiet = normalizeLevel(pcm, 8000) === pcm;
        expect(isQuiet || peakOf(normalizeLevel(pcm, 8000)) <= LIMIT).toBe(true);
      }),
    );
  });

  it('leaves silence as it is instead of raising its noise', () => {
    const noise = tone(20, 8000);
    expect(normalizeLevel(noise, 8000)).toBe(noise);
  });
});

describe('LevelledStream', () => {
  const levelled = (pcm: Int16Array, sizes: number[]): Int16Array => {
    const stream = new LevelledStream(8000);
    return inPieces(
      pcm,
      sizes,
      (piece) => stream.process(piece),
      () => stream.flush(),
    );
  };

  it.each([1500, 5000, 30_000])(
    'lies within 4 dB of -20 dBFS from its beginning (amplitude %i)',
    (amplitude) => {
      const voice = resample(peakyVoice(3, 24_000, amplitude), 24_000, 8000);
      const out = levelled(voice, [400, 37, 2000]);
      expect(out.length).toBe(voice.length);
      expect(Math.abs(rmsDbfs(out.subarray(0, 1600)) + 20)).toBeLessThan(4);
      expect(Math.abs(spokenRms(out) + 20)).toBeLessThan(3);
      expect(peakOf(out)).toBeLessThanOrEqual(LIMIT);
    },
  );

  it('lets sound out as soon as it has heard 120 ms of it', () => {
    const stream = new LevelledStream(8000);
    expect(stream.process(tone(3000, 400)).length).toBe(0);
    expect(stream.process(tone(3000, 560)).length).toBe(960 - 40);
  });

  it('lets out what is shorter than that at its end, and silence as silence', () => {
    expect(levelled(tone(3000, 300), [100]).length).toBe(300);
    expect(levelled(silence(300), [100])).toEqual(silence(300));
  });
});
