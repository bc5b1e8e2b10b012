import fc from 'fast-check';
import { isSameInConstantTime } from './constant-time';

describe('a secret that somebody presents', () => {
  it('is the one expected only when every byte is, as text or as bytes', () => {
    expect(isSameInConstantTime('s3cret', 's3cret')).toBe(true);
    expect(isSameInConstantTime('s3cret', Buffer.from('s3cret'))).toBe(true);
    expect(isSameInConstantTime('s3cret', 's3creT')).toBe(false);
    expect(isSameInConstantTime('', '')).toBe(true);
  });

  it('may have any length and any characters: a wrong one is refused, not thrown at', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (ours, theirs) => {
        const isSameBytes = Buffer.compare(Buffer.from(ours), Buffer.from(theirs)) === 0;
        expect(isSameInConstantTime(ours, theirs)).toBe(isSameBytes);
        expect(isSameInConstantTime(ours, `${ours}${theirs}x`)).toBe(false);
      }),
    );
  });
});
