import { aheadOf, shareFairly } from './share';

const plenty = (): number => 1000;
const demand = (room: number, businessId = 'a') => ({ room, businessId });

it('lets little more than half a second of the rate wait in Kafka, and always one call', () => {
  expect([aheadOf(10), aheadOf(1), aheadOf(0.1)]).toEqual([6, 1, 1]);
});

it('gives a small campaign what it can use before a huge one takes the rest', () => {
  expect(shareFairly(10, [demand(1000), demand(3)], plenty)).toEqual([7, 3]);
  expect(shareFairly(2, [demand(1000), demand(3)], plenty)).toEqual([1, 1]);
  expect(shareFairly(10, [demand(2), demand(0)], plenty)).toEqual([2, 0]);
  expect(shareFairly(0, [demand(2)], plenty)).toEqual([0]);
});

it('gives the campaigns of one business together no more than the business has left', () => {
  const demands = [demand(1000, 'a'), demand(1000, 'a'), demand(1000, 'b')];
  expect(shareFairly(100, demands, (id) => (id === 'a' ? 5 : 1))).toEqual([3, 2, 1]);
  expect(shareFairly(100, demands, () => -2)).toEqual([0, 0, 0]);
});

it('gives a business with many campaigns no more than one with a single one', () => {
  const demands = [...Array.from({ length: 10 }, () => demand(5, 'many')), demand(1000, 'one')];
  expect(shareFairly(6, demands, plenty)).toEqual([1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 3]);
  expect(shareFairly(1000, [demand(5, 'many'), demand(3, 'one')], plenty)).toEqual([5, 3]);
});
