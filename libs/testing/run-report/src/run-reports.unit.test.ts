import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atLeast, exactly, notMeasured, spoiled, told } from './figures';
import { type Run, runReports } from './run-reports';

let written: { out: string; log: string };
beforeEach(() => {
  written = { out: '', log: '' };
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => Boolean((written.out += String(text))));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => Boolean((written.log += String(text))));
});
afterEach(() => jest.restoreAllMocks());

const drops =
  (count: number): Run =>
  () =>
    Promise.resolve({ conditions: { calls: 3 }, figures: [exactly('drops', 'frames', count, 0)] });
const runs = {
  good: { summary: 'holds', run: drops(0) },
  bad: { summary: 'does not hold', run: drops(2) },
  broken: { summary: 'cannot run', run: () => Promise.reject(new Error('no bundle')), isOnRequest: true },
};
const call = (...args: string[]): Promise<number> => runReports({ name: 'bench', runs, args });

describe('runReports', () => {
  it('ends well when everything ran, and with --check only when every figure held', async () => {
    expect(await call()).toBe(0);
    expect(written.out).toContain('✗  drops  2 frames  0');
    expect(await call('--check')).toBe(1);
    expect(await call('good', '--check')).toBe(0);
  });

  it('fails with one line when a run cannot be done', async () => {
    expect(await call('broken')).toBe(1);
    expect(written.log).toBe('bench: no bundle\n');
  });

  it('leaves stdout to the JSON when it is asked for there', async () => {
    await call('good', '--json');
    expect(JSON.parse(written.out)).toEqual({
      name: 'bench good',
      conditions: { calls: 3 },
      figures: [{ figure: 'drops', unit: 'frames', value: 0, goal: '0', ok: true }],
    });
    expect(written.log).toContain('✓  drops');
  });

  it('writes several runs into one document, each figure under the name of its run', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-report-'));
    await call('good', 'bad', '--json', join(folder, 'figures.json'));
    const report = JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8')) as {
      name: string;
      conditions: unknown;
      figures: { figure: string }[];
    };
    rmSync(folder, { recursive: true });
    expect(report.name).toBe('bench');
    expect(report.conditions).toEqual({ 'bench good': { calls: 3 }, 'bench bad': { calls: 3 } });
    expect(report.figures.map(({ figure }) => figure)).toEqual(['bench good: drops', 'bench bad: drops']);
  });

  it('tells a run to stop, and says so by its exit code', async () => {
    const stopped = runReports({
      name: 'bench',
      args: [],
      runs: {
        long: {
          summary: 'waits',
          run: ({ signal }) =>
            new Promise((_resolve, reject) =>
              signal.addEventListener('abort', () => reject(signal.reason as Error)),
            ),
        },
      },
    });
    process.emit('SIGTERM');
    expect(await stopped).toBe(130);
  });
});

it('withdraws the verdict of a figure that was measured badly, and of none without a goal', () => {
  const figures = [atLeast('calls', 'calls', 700, 800), told('lateness', 'ms', 3)];
  expect(figures.map((figure) => spoiled(figure, 'the generator was late'))).toMatchObject([
    { value: 700, goal: '≥ 800 (not measured: the generator was late)', ok: null },
    { value: 3, goal: null, ok: null },
  ]);
  expect(notMeasured('gap', 'ms', '≤ 60', 'no second core')).toMatchObject({ value: null, ok: null });
});
