import { aheadOf, shareFairly } from './share';

it('lets two seconds of the rate wait in Kafka, and always one call', () => {
  expect([aheadOf(10), aheadOf(1), aheadOf(0.1)]).toEqual([20, 2, 1]);
});

it('gives a small campaign what it can use before a huge one takes the rest', () => {
  expect(shareFairly(10, [{ room: 1000 }, { room: 3 }])).toEqual([7, 3]);
  expect(shareFairly(2, [{ room: 1000 }, { room: 3 }])).toEqual([1, 1]);
  expect(shareFairly(10, [{ room: 2 }, { room: 0 }])).toEqual([2, 0]);
  expect(shareFairly(0, [{ room: 2 }])).toEqual([0]);
});
