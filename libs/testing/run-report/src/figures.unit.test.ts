import { atMost, exactly, near, sameWords } from './figures';

it('widens a timing goal by the lateness of the machine, and a count never', () => {
  expect(atMost('first audio', 60, 50, 0).ok).toBe(false);
  expect(atMost('first audio', 60, 50, 12).ok).toBe(true);
  expect(atMost('first audio', null, 50, 1000).ok).toBe(false);
  expect(exactly('drops', 'frames', 1, 0).ok).toBe(false);
  expect(near('fps', '1/s', 50.21, 50, 0.2).ok).toBe(false);
});

it('shows where two texts part', () => {
  expect(sameWords('heard', ['a', 'b'], ['a', 'b'])).toMatchObject({ value: 2, ok: true });
  expect(sameWords('heard', ['a', 'x', 'c'], ['a', 'b', 'c'])).toMatchObject({
    value: '"a x c" for "a b c"',
    ok: false,
  });
  expect(sameWords('heard', [], []).ok).toBe(false);
});
