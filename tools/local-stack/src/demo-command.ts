import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseWav } from '@frontdesk/audio';
import { heldAll, writeJson, type RunReport } from '@frontdesk/run-report';
import {
  Constellation,
  freePorts,
  LOCAL_PUBLIC_URL,
  newSecrets,
  type ConstellationSettings,
} from '@frontdesk/test-harness';
import { runDemo } from './demo/run-demo';
import { RunRegistry, stopLeftovers } from './run-registry';
import { observe, say } from './say';
import { shownPath, type StackPaths } from './stack-paths';

const KEPT_DEMOS = 5;

/**
 * `npm run demo`: everything on free ports, simulated, with a data folder that dies with it, whatever the environment
 * holds. Ends by itself.
 * @returns whether every step held
 */
export const runDemoCommand = async (
  command: { jsonFile: string | undefined; callerFile: string | undefined },
  paths: StackPaths,
  signal: AbortSignal,
): Promise<boolean> => {
  const callerWav = command.callerFile === undefined ? undefined : readCaller(command.callerFile);
  await stopLeftovers(paths.runs, say);
  const folder = demoFolder(paths);
  const { report, lines } = await withSimulatedConstellation(paths, folder, signal, (constellation) =>
    runDemo({ constellation, folder, callerWav, say }),
  );
  printDemo(report, lines, command.jsonFile);
  return heldAll(report);
};

/** The demo's result for people (on stderr when JSON has stdout), and its figures as JSON where asked. */
export const printDemo = (report: RunReport, lines: readonly string[], jsonFile?: string): void => {
  const out = jsonFile === '-' ? process.stderr : process.stdout;
  out.write(`${lines.join('\n')}\n`);
  const failed = report.figures.filter(({ ok }) => ok === false);
  out.write(
    failed.length === 0
      ? `\nEvery step of the demo held (${String(report.conditions.tookSeconds)} s; the machine was ${String(report.conditions.latestWakeUpMs)} ms late at worst).\n`
      : `\n${failed.length} of ${report.figures.length} figures did not hold: ${failed.map(({ figure }) => figure).join('; ')}\n`,
  );
  if (jsonFile !== undefined) writeJson(report, jsonFile);
};

/** A folder for the recordings of one demo; only the newest few are kept. */
export const demoFolder = (paths: StackPaths): string => {
  mkdirSync(paths.demos, { recursive: true });
  const old = readdirSync(paths.demos)
    .sort()
    .slice(0, 1 - KEPT_DEMOS);
  for (const name of old) rmSync(join(paths.demos, name), { recursive: true, force: true });
  const folder = join(paths.demos, new Date().toISOString().replace(/[:.]/g, '-'));
  mkdirSync(folder);
  return folder;
};

/** Runs `work` against an all-simulated constellation on free ports, which is stopped and removed afterwards. */
export const withSimulatedConstellation = async <T>(
  paths: StackPaths,
  logFolder: string,
  signal: AbortSignal,
  work: (constellation: Constellation) => Promise<T>,
): Promise<T> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'frontdesk-demo-'));
  chmodSync(dataDir, 0o755); // the database's user must be able to enter
  const logDir = join(logFolder, 'logs');
  const registry = new RunRegistry(paths.runs, 'demo', dataDir);
  const settings: ConstellationSettings = {
    ports: await freePorts(),
    publicUrl: LOCAL_PUBLIC_URL,
    secrets: newSecrets(),
    dataDir,
    logDir,
    logLevel: 'info',
    isDurable: false,
    extraEnv: {},
  };
  say(`Starting a simulated system on free ports; logs in ${shownPath(logDir)}`);
  try {
    const startedAt = performance.now();
    await using constellation = await Constellation.start(settings, observe(registry, logDir));
    say(`Up after ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
    return await abortable(work(constellation), signal);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
    registry.remove();
  }
};

/** The work's result, or a rejection as soon as the person presses Ctrl-C; what was begun is then disposed. */
const abortable = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error('stopped'));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });

const readCaller = (file: string): Buffer => {
  let wav: Buffer;
  try {
    wav = readFileSync(file);
  } catch {
    throw new Error(`the caller's recording ${file} cannot be read`);
  }
  try {
    parseWav(wav);
  } catch (error) {
    throw new Error(
      `the caller's recording ${file} is not a WAV file we can read: ${(error as Error).message}`,
      {
        cause: error,
      },
    );
  }
  return wav;
};
