import fc from 'fast-check';
import { concat } from './concat';
import { TrimmedStream, trimSilence } from './index';
import { inPieces, silence, tone } from './test-signals';

describe('trimSilence', () => {
  it('cuts the silence around the sound but for 10 ms before and 60 ms after', () => {
    const trimmed = trimSilence(concat([silence(4000), tone(5000, 1600), silence(4000)]), 8000);
    expect(trimmed.length).toBe(80 + 1600 + 480);
    expect(trimmed[80 + 5]).not.toBe(0);
  });

  it('keeps what lies between two sounds', () => {
    const sound = concat([tone(5000, 400), silence(8000), tone(5000, 400)]);
    expect(trimSilence(sound, 8000, { keepLeadMs: 0, keepTailMs: 0 })).toEqual(sound);
  });

  it('gives nothing for silence', () => {
    expect(trimSilence(silence(8000), 8000).length).toBe(0);
  });
});

describe('TrimmedStream', () => {
  it('gives what trimSilence gives of the whole, however the input is cut', () => {
    const parts = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 3000 })), { maxLength: 6 });
    const sizes = fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(parts, sizes, fc.constantFrom(8000, 22_050, 24_000), (sounds, cuts, rate) => {
        const pcm = concat(
          sounds.map(([isSound, length]) => (isSound ? tone(5000, length) : silence(length))),
        );
        const stream = new TrimmedStream(rate);
        const out = inPieces(
          pcm,
          cuts,
          (piece) => stream.process(piece),
          () => stream.flush(),
        );
        const whole = trimSilence(pcm, rate);
        return Buffer.from(out.buffer).equals(Buffer.from(whole.slice().buffer));
      }),
      { numRuns: 150 },
    );
  });

  it('lets sound out at once, without waiting for what follows', () => {
    const stream = new TrimmedStream(8000);
    expect(stream.process(concat([silence(4000), tone(5000, 800)])).length).toBe(80 + 800);
  });

  it('holds no more than 10 ms of the silence before the first sound', () => {
    const stream = new TrimmedStream(8000);
    for (let n = 0; n < 100; n++) expect(stream.process(silence(8000)).length).toBe(0);
    expect(stream.process(tone(5000, 80)).length).toBe(80 + 80);
  });
});
