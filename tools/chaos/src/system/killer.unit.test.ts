import { eventually, type RunningProcess } from '@frontdesk/test-harness';
import { Killer } from './killer';
import { Random } from './random';

/** A process that ends as soon as it is killed. */
const processes = () => {
  const killed: number[] = [];
  let pids = 0;
  const spawn = (): Promise<RunningProcess> => {
    const pid = ++pids;
    const fake = {
      pid,
      kill: () => killed.push(pid),
      ended: Promise.resolve('SIGKILL'),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    return Promise.resolve(fake as unknown as RunningProcess);
  };
  return { spawn, killed };
};
const options = { random: new Random(1), everyMs: 4, replicas: 3, maxAwayMs: 2 };

it('kills one after the other, replaces each, and leaves all of them running when it is told to stop', async () => {
  const { spawn, killed } = processes();
  await using killer = await Killer.start({ ...options, spawn });
  killer.begin();
  await eventually(() => expect(killer.kills.length).toBeGreaterThanOrEqual(3));
  await killer.peace();
  expect(killer.replicas).toHaveLength(3);
  expect(killer.kills.map(({ pid }) => pid)).toEqual(killed);
  expect(killer.kills.every(({ backAtMs }) => backAtMs !== null)).toBe(true);
  expect(killer.replicas.map(({ pid }) => pid)).not.toEqual(expect.arrayContaining(killed));
});

it('says which process it could not replace', async () => {
  const { spawn } = processes();
  const first = await Promise.all([spawn(), spawn(), spawn()]);
  await using killer = await Killer.start({
    ...options,
    running: first,
    spawn: (victim) => Promise.reject(new Error(`no replica for ${victim?.pid}`)),
  });
  killer.begin();
  await eventually(() => expect(killer.kills).toHaveLength(1));
  await expect(killer.peace()).rejects.toThrow(/no replica for \d/);
});
