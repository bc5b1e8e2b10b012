import { leastGapMs, meanRate, mostAtOnce, mostInASecond, quantileOf } from './moments';

it('finds the fullest second wherever it begins', () => {
  expect(mostInASecond([0, 900, 950, 1000, 1899, 1900, 5000])).toBe(4);
  expect(mostInASecond([0, 1000, 2000])).toBe(1);
  expect(mostInASecond([])).toBe(0);
});

it('tells rate and least gap, and nothing of fewer than two', () => {
  expect([meanRate([0, 500, 1000]), leastGapMs([0, 400, 1000])]).toEqual([2, 400]);
  expect([meanRate([7]), leastGapMs([7]), meanRate([]), quantileOf([], 0.5)]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});

it('counts what lies over one moment; what ends as another begins does not', () => {
  const stretch = (fromMs: number, toMs: number) => ({ fromMs, toMs });
  expect(mostAtOnce([stretch(0, 10), stretch(10, 20), stretch(5, 15)])).toBe(2);
  expect(mostAtOnce([])).toBe(0);
});

it('gives the value that a share does not exceed', () => {
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([0, 0.5, 0.99, 1].map((share) => quantileOf(values, share))).toEqual([1, 50, 99, 100]);
});
