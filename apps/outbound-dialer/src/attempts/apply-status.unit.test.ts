import { moveBy } from './apply-status';

const before = ['planned', 'published', 'claimed', 'asked', 'unknown'];

it('lets a status overtake only what is not as far along', () => {
  expect(
    ['initiated', 'queued', 'ringing', 'answered', 'in-progress'].map((status) => {
      const move = moveBy(status);
      return move?.kind === 'advance' && [move.state, new Set(move.from)];
    }),
  ).toEqual([
    ['accepted', new Set(before)],
    ['accepted', new Set(before)],
    ['ringing', new Set([...before, 'accepted'])],
    ['in-progress', new Set([...before, 'accepted', 'ringing'])],
    ['in-progress', new Set([...before, 'accepted', 'ringing'])],
  ]);
});

it('ends by a final status whatever has not ended, and moves nothing by words it does not know', () => {
  const ended = moveBy('completed');
  expect(ended).toMatchObject({ kind: 'end', outcome: 'answered' });
  expect(new Set(ended?.from)).toEqual(new Set([...before, 'accepted', 'ringing', 'in-progress']));
  expect(moveBy('something new')).toBeUndefined();
});
