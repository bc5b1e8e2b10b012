import fc from 'fast-check';
import { framesOf, normalizeLevel, rmsDbfs, trimSilence } from './index';

const tone = (amplitude: number, samples: number): Int16Array =>
  Int16Array.from({ length: samples }, (_, n) => Math.round(amplitude * Math.sin((2 * Math.PI * n) / 20)));
const join = (...parts: Int16Array[]): Int16Array => Int16Array.from(parts.flatMap((part) => [...part]));
const silence = (samples: number): Int16Array => new Int16Array(samples);

describe('rmsDbfs', () => {
  it('is -3 dB for a full-scale sine and -Infinity for silence', () => {
    expect(rmsDbfs(tone(32_767, 8000))).toBeCloseTo(-3.01, 1);
    expect(rmsDbfs(silence(100))).toBe(-Infinity);
    expect(rmsDbfs(silence(0))).toBe(-Infinity);
  });
});

describe('trimSilence', () => {
  it('cuts the silence around the sound but for 10 ms before and 60 ms after', () => {
    const trimmed = trimSilence(join(silence(4000), tone(5000, 1600), silence(4000)), 8000);
    expect(trimmed.length).toBe(80 + 1600 + 480);
    expect(trimmed[80 + 5]).not.toBe(0);
  });

  it('keeps what lies between two sounds', () => {
    const sound = join(tone(5000, 400), silence(8000), tone(5000, 400));
    expect(trimSilence(sound, 8000, { keepLeadMs: 0, keepTailMs: 0 })).toEqual(sound);
  });

  it('gives nothing for silence', () => {
    expect(trimSilence(silence(8000), 8000).length).toBe(0);
  });
});

describe('normalizeLevel', () => {
  it('brings speech to -20 dBFS whatever its level and the silence around it', () => {
    for (const amplitude of [300, 3000, 30_000]) {
      const levelled = normalizeLevel(join(tone(amplitude, 8000), silence(24_000)), 8000);
      expect(Math.abs(rmsDbfs(levelled.subarray(0, 8000)) + 20)).toBeLessThan(0.2);
    }
  });

  it('never lets a peak over -3 dBFS', () => {
    fc.assert(
      fc.property(fc.int16Array({ minLength: 1, maxLength: 400, size: 'max' }), (pcm) => {
        const isQuiet = normalizeLevel(pcm, 8000) === pcm;
        const peak = normalizeLevel(pcm, 8000).reduce((max, sample) => Math.max(max, Math.abs(sample)), 0);
        expect(isQuiet || peak <= 32_768 * 10 ** (-3 / 20)).toBe(true);
      }),
    );
  });

  it('leaves silence as it is instead of raising its noise', () => {
    const noise = tone(20, 8000);
    expect(normalizeLevel(noise, 8000)).toBe(noise);
  });
});

describe('framesOf', () => {
  it('fills the last partial frame with silence and loses no byte', () => {
    const frames = framesOf(Buffer.alloc(161, 0x12));
    expect(frames.length).toBe(320);
    expect([frames[160], frames[161], frames[319]]).toEqual([0x12, 0xff, 0xff]);
    expect(framesOf(Buffer.alloc(320)).length).toBe(320);
    expect(framesOf(Buffer.alloc(0)).length).toBe(0);
  });
});
