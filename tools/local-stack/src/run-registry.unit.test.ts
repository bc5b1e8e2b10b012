import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identifyProcess, isStillAlive } from '@frontdesk/runtime';
import { RunRegistry, stopLeftovers } from './run-registry';

let folder: string;
let child: ChildProcess;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'frontdesk-runs-'))));
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const dead = { pid: 2 ** 22 + 1, token: 'of an earlier boot', startedAtMs: 0 };

it('stops the processes of a run whose owner is gone and removes its temporary folder', async () => {
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true });
  const leftover = { name: 'media-gateway', ...identifyProcess(child.pid!)! };
  const temporaryFolder = mkdtempSync(join(tmpdir(), 'frontdesk-run-data-'));
  writeFileSync(
    join(folder, 'demo-1.json'),
    JSON.stringify({ kind: 'demo', owner: dead, processes: [leftover], temporaryFolder }),
  );
  const said: string[] = [];
  await stopLeftovers(folder, (line) => said.push(line));
  expect(isStillAlive(leftover)).toBe(false);
  expect(existsSync(temporaryFolder)).toBe(false);
  expect(said).toEqual(['Stopping what an earlier run left behind: media-gateway']);
  expect(readdirSync(folder)).toEqual([]);
}, 30_000);

it('leaves alone a process that only has the pid, and a run whose owner lives', async () => {
  child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const registry = new RunRegistry(folder, 'start');
  registry.add('media-gateway', child.pid!);
  const other = { ...identifyProcess(child.pid!)!, name: 'x', token: 'another' };
  writeFileSync(
    join(folder, 'demo-1.json'),
    JSON.stringify({ kind: 'demo', owner: dead, processes: [other] }),
  );
  await stopLeftovers(folder, () => undefined);
  expect(child.exitCode).toBeNull();
  expect(child.signalCode).toBeNull();
  expect(readdirSync(folder)).toEqual([`start-${process.pid}.json`]);
  registry.remove();
  expect(readdirSync(folder)).toEqual([]);
  child.kill('SIGKILL');
});
