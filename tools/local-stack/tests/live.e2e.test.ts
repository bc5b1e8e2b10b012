import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bundleOf,
  eventually,
  guardResources,
  LOCAL_PUBLIC_URL,
  type RunningProcess,
  scrubbedEnvironment,
  SIMULATED_ACCOUNT_SID,
  spawnTool,
  TwilioSim,
} from '@frontdesk/test-harness';

jest.setTimeout(180_000);

/** Apart from the ports of stack.e2e.test.ts and from the free ones that other tests take. */
const PORT_BASE = 10_000 + Math.floor(Math.random() * 15) * 100;
const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';
const [OURS, PHONE] = ['+97231234567', '+972501234567'];

let dataDir: string;
const accounts: RunningProcess[] = [];

beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'frontdesk-live-test-'));
  chmodSync(dataDir, 0o755);
  accounts.push(await spawnTool('openai-simulator', { PORT: '0' }));
  accounts.push(
    await spawnTool('twilio-simulator', {
      PORT: '0',
      TWILIO_SIM_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
      TWILIO_SIM_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_SIM_ROUTES: `${new URL(LOCAL_PUBLIC_URL).host}=http://127.0.0.1:${PORT_BASE + 80}`,
    }),
  );
});
afterAll(async () => {
  for (const account of accounts) await account[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = (options: string[], env: Record<string, string>) => {
  const child = spawn(process.execPath, [bundleOf('local-stack'), 'start', '--live', ...options], {
    env: {
      ...scrubbedEnvironment(),
      FRONTDESK_PORT_BASE: String(PORT_BASE),
      FRONTDESK_DATA_DIR: dataDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, ended, output: () => output };
};

describe('npm start -- --live', () => {
  it('starts nothing and names in one line what it misses', async () => {
    const stack = start([], { TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID, TWILIO_AUTH_TOKEN: AUTH_TOKEN });
    expect(await stack.ended).toBe(1);
    expect(stack.output()).toBe(
      'frontdesk: --live needs your own accounts: set PUBLIC_URL, OPENAI_API_KEY in this shell\n',
    );
  });

  it('calls a phone by the accounts that the environment names, and shows what was said; no demo runs', async () => {
    const [openAi, twilio] = accounts.map(({ listeningLine: { port } }) => `http://127.0.0.1:${port}`);
    const sim = new TwilioSim(twilio!);
    await sim.addNumber({ number: OURS!, voiceUrl: `${LOCAL_PUBLIC_URL}/webhook/incoming_call` });
    const script = [
      { waitForSilenceMs: 900, timeoutMs: 20_000 },
      { say: 'it sounds fine' },
      { waitForSilenceMs: 900, timeoutMs: 20_000 },
      { hangUp: true as const },
    ];
    await sim.addCallee({ number: PHONE!, responses: [{ kind: 'answer', script }] });
    const stack = start(['--from', OURS!, '--call', PHONE!], {
      TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_API_BASE_URL: twilio!,
      OPENAI_API_KEY: 'sk-simulated-0000000000000000',
      OPENAI_BASE_URL: `${openAi!}/v1`,
      PUBLIC_URL: LOCAL_PUBLIC_URL,
    });
    try {
      await eventually(() => {
        if (stack.child.exitCode !== null) throw new Error(`ended: ${stack.output()}`);
        expect(stack.output()).toContain('caller  "it sounds fine"');
      }, 120_000);
      const output = stack.output();
      expect(output).toContain(`${LOCAL_PUBLIC_URL}/webhook/incoming_call, HTTP POST`);
      expect(output).toContain(`${LOCAL_PUBLIC_URL} does not lead here`); // nobody answers at that name
      expect(output).toMatch(/Twilio +your account/);
      expect(output).toMatch(/Call from .*completed.*\n {2}agent +"hello this is the Frontdesk demo/);
      expect(output).not.toMatch(/Campaign: started|simulated/);
      expect(await sim.calls()).toHaveLength(1);
    } finally {
      stack.child.kill('SIGINT');
      await stack.ended;
    }
  });
});

guardResources();
