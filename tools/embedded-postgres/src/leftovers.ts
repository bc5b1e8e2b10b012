import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isStillAlive, type ProcessIdentity } from '@frontdesk/runtime';

const LAUNCHER_FILE = 'launcher.json';
/** postmaster.pid tells whole seconds; the boot time that we count from does too. */
const START_TOLERANCE_MS = 3000;
const FAST_STOP_MS = 10_000;

/** Takes the folder for this launcher; throws when another launcher that lives has it. */
export const takeFolder = (dataDir: string): void => {
  const file = join(dataDir, LAUNCHER_FILE);
  const owner = readOwner(file);
  if (owner && owner.pid !== process.pid && isStillAlive(owner))
    throw new Error(`${dataDir} is in use by another launcher, process ${owner.pid}`);
  writeFileSync(file, JSON.stringify(identifyProcess(process.pid)));
};

export const leaveFolder = (dataDir: string): void => rmSync(join(dataDir, LAUNCHER_FILE), { force: true });

const readOwner = (file: string): ProcessIdentity | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
};

/**
 * Stops the server that a killed launcher left behind in this cluster, told by the pid and start time that the server
 * itself wrote to postmaster.pid. A pid that passed on to another process is left alone.
 */
export const stopLeftover = async (clusterFolder: string, say: (line: string) => void): Promise<void> => {
  const pidFile = join(clusterFolder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const [pidLine, , startLine] = readFileSync(pidFile, 'utf8').split('\n');
  const server = identifyProcess(Number(pidLine));
  const isOurs =
    server !== undefined && Math.abs(server.startedAtMs - Number(startLine) * 1000) <= START_TOLERANCE_MS;
  if (isOurs) {
    say(`stopping PostgreSQL left behind by an earlier run, process ${server.pid}`);
    await stopServer(server);
  }
  // Without the server the file is stale; PostgreSQL would refuse to start if its pid has passed on.
  rmSync(pidFile, { force: true });
};

/** Fast shutdown (SIGINT: roll back what is open, checkpoint), then the immediate one, which recovers at next start. */
export const stopServer = async (server: ProcessIdentity): Promise<void> => {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    if (!isStillAlive(server)) return;
    process.kill(server.pid, signal);
    for (const until = performance.now() + FAST_STOP_MS; performance.now() < until;) {
      if (!isStillAlive(server)) return;
      await sleep(20);
    }
  }
};
