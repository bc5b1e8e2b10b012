import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

/** Which cores what may run on: what is measured has the first for itself. */
export interface Cores {
  readonly measured: string;
  readonly generator: string;
  readonly rest: string;
}

/** Null when there is one core only: then everything shares it. */
export const coresOf = (count = cpus().length): Cores | null => {
  if (count < 2) return null;
  return { measured: '0', generator: '1', rest: count > 2 ? `2-${count - 1}` : '1' };
};

/** Pins all threads of a process, those to come too. False where there is no `taskset`. */
export const pin = (pid: number, cores: string): boolean =>
  spawnSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'ignore' }).status === 0;
