import fc from 'fast-check';
import { AudioRing } from './audio-ring';

const MAX = 60;

describe('AudioRing', () => {
  it('holds what was pushed and not dropped, in order, whatever it grew by', () => {
    const step = fc.oneof(
      fc.uint8Array({ maxLength: 20 }).map((push) => ({ push })),
      fc.nat(25).map((drop) => ({ drop })),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.nat(MAX), fc.nat(MAX), (steps, from, to) => {
        const ring = new AudioRing(7, MAX);
        let plain = Buffer.alloc(0);
        for (const one of steps) {
          if ('drop' in one) {
            ring.drop(one.drop);
            plain = plain.subarray(one.drop);
          } else if (plain.length + one.push.length <= MAX) {
            ring.push(one.push);
            plain = Buffer.concat([plain, one.push]);
          } else expect(() => ring.push(one.push)).toThrow(RangeError);
        }
        expect(ring.length).toBe(plain.length);
        expect(ring.slice(0, ring.length)).toEqual(Buffer.from(plain));
        expect(ring.slice(from, to)).toEqual(Buffer.from(plain.subarray(from, Math.max(from, to))));
      }),
    );
  });
});
