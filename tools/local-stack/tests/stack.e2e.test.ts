import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isStillAlive, type ProcessIdentity } from '@frontdesk/runtime';
import { bundleOf, eventually, guardResources, isFree, scrubbedEnvironment } from '@frontdesk/test-harness';

/** Up and down twice on a slow machine. */
jest.setTimeout(180_000);

/** Below the ephemeral ports and apart from the free ports that other tests take (20000 to 32000). */
const PORT_BASE = 12_000 + Math.floor(Math.random() * 60) * 100;
const PORTS = [1, 2, 3, 4, 80, 101, 102, 103, 104].map((offset) => PORT_BASE + offset);

let dataDir: string;
let stack: ReturnType<typeof start>;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'frontdesk-stack-test-'));
  chmodSync(dataDir, 0o755);
});
afterEach(async () => {
  stack.child.kill('SIGTERM');
  await stack.ended;
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const start = () => {
  const child: ChildProcess = spawn(process.execPath, [bundleOf('local-stack'), 'start'], {
    env: {
      ...scrubbedEnvironment(),
      FRONTDESK_PORT_BASE: String(PORT_BASE),
      FRONTDESK_DATA_DIR: dataDir,
      PORT: '1', // inherited ones move nothing
      HOST: 'not-a-host',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, output: () => output };
};

/** What the run has written down of itself. */
const written = (): { owner: ProcessIdentity; processes: (ProcessIdentity & { name: string })[] } => {
  const [name] = readdirSync(join(dataDir, 'runs')).filter((entry) => entry.endsWith('.json'));
  if (name === undefined) throw new Error('no run has written itself down');
  return JSON.parse(readFileSync(join(dataDir, 'runs', name), 'utf8')) as ReturnType<typeof written>;
};

/** The demo has begun: everything is up. */
const isUp = (): Promise<void> =>
  eventually(() => {
    if (stack.child.exitCode !== null) throw new Error(`ended: ${stack.output()}`);
    expect(stack.output()).toMatch(/answers \+\d+|The demo failed|Frontdesk is up/);
  }, 90_000);

const nothingIsLeft = async (processes: readonly ProcessIdentity[]): Promise<void> => {
  expect(processes.length).toBeGreaterThanOrEqual(10);
  await eventually(() => expect(processes.filter(isStillAlive)).toEqual([]));
  for (const port of PORTS) expect([port, await isFree(port)]).toEqual([port, true]);
};

it('is ended by Ctrl-C, in the middle of its demo, with no process and no port left', async () => {
  stack = start();
  await isUp();
  const { processes } = written();
  stack.child.kill('SIGINT');
  await stack.ended;
  await nothingIsLeft(processes);
  expect(readdirSync(join(dataDir, 'runs'))).toEqual([]);
});

it('says in one line which ports are taken, and starts again after a kill -9 of everything', async () => {
  stack = start();
  await isUp();
  const second = start();
  expect(await second.ended).toBe(1);
  expect(second.output().trim()).toMatch(/^frontdesk: already taken: port .*FRONTDESK_PORT_BASE$/);

  const { owner, processes } = written();
  for (const { pid } of [owner, ...processes.filter(isStillAlive)]) process.kill(pid, 'SIGKILL');
  await stack.ended;
  stack = start();
  await isUp();
  stack.child.kill('SIGINT');
  await stack.ended;
  await nothingIsLeft([...processes, ...processes]);
});

it('ends what it began when it is killed itself', async () => {
  stack = start();
  await isUp();
  const { processes } = written();
  stack.child.kill('SIGKILL');
  await stack.ended;
  await nothingIsLeft(processes);
});

guardResources();
