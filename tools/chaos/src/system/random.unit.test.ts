import { Random } from './random';

it('repeats itself for the same seed, stays within its bounds and reaches all of them', () => {
  const draw = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 500 }, () => random.between(2, 6));
  };
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect([...new Set(draw(7))].sort()).toEqual([2, 3, 4, 5]);
});
