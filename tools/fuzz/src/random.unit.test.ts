import { mutateJson, mutateText } from './mutate';
import { Random } from './random';

it('gives the same for the same seed, and something else for another', () => {
  const drawn = (seed: number) =>
    Array.from(
      { length: 20 },
      (
        (random) => () =>
          random.int(1000)
      )(new Random(seed)),
    );
  expect(drawn(7)).toEqual(drawn(7));
  expect(drawn(7)).not.toEqual(drawn(8));
  expect(Random.of(7, 1).int(1e9)).toBe(Random.of(7, 1).int(1e9));
  expect(Random.of(7, 1).int(1e9)).not.toBe(Random.of(7, 2).int(1e9));
});

it('stays within its bounds', () => {
  const random = new Random(1);
  for (let index = 0; index < 1000; index++) {
    expect(random.int(3)).toBeLessThan(3);
    expect(random.pick([1, 2])).toBeGreaterThan(0);
  }
  expect(random.bytes(9)).toHaveLength(9);
});

it('changes what it mutates more often than not, and always into something that can be sent', () => {
  const message = { event: 'mark', streamSid: 'MZ', mark: { name: 'a' } };
  let changed = 0;
  for (let seed = 0; seed < 500; seed++) {
    const text = JSON.stringify(mutateJson(Random.of(seed), message));
    expect(typeof text).toBe('string');
    expect(typeof mutateText(Random.of(seed), text)).toBe('string');
    if (text !== JSON.stringify(message)) changed += 1;
  }
  expect(changed).toBeGreaterThan(400);
});
