import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { identifyProcess, isStillAlive } from './process-identity';

it('knows a process while it lives, and that a dead one or another token is not it', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const identity = identifyProcess(child.pid!)!;
  expect(isStillAlive(identity)).toBe(true);
  expect(isStillAlive({ ...identity, token: 'an earlier process' })).toBe(false);
  expect(Math.abs(identity.startedAtMs - Date.now())).toBeLessThan(30_000);

  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isStillAlive(identity)).toBe(false);
});
