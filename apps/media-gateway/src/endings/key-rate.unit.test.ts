import { KeyRate } from './key-rate';

const taken = (rate: KeyRate, count: number, nowMs: number): number =>
  Array.from({ length: count }, () => rate.take(nowMs)).filter(Boolean).length;

describe('KeyRate', () => {
  it('takes 40 keys at once, and then ten a second', () => {
    const rate = new KeyRate();
    expect(taken(rate, 100, 0)).toBe(40);
    expect(taken(rate, 100, 1000)).toBe(10);
    expect(taken(rate, 100, 1050)).toBe(0);
    expect(taken(rate, 100, 1100)).toBe(1);
  });

  it('saves up no more than 40 keys', () => {
    const rate = new KeyRate();
    expect(taken(rate, 1, 0)).toBe(1);
    expect(taken(rate, 100, 3_600_000)).toBe(40);
  });
});
