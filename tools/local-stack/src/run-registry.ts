import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess, isStillAlive, type ProcessIdentity } from '@frontdesk/runtime';

/** What a run of the stack began, written down as it begins it: after a kill -9 of everything the next run reads it. */
interface RunRecord {
  readonly kind: 'start' | 'demo';
  readonly owner: ProcessIdentity;
  readonly processes: (ProcessIdentity & { name: string })[];
  /** Folder of data that dies with the run. */
  readonly temporaryFolder?: string;
}

/** Children of a killed parent stop by themselves; this is how long they may take before they are killed. */
const OWN_STOP_MS = 5000;
const TERM_MS = 10_000;

/** Keeps the list of this run's processes in a file of its own. */
export class RunRegistry {
  private readonly file: string;
  private record: RunRecord;

  constructor(folder: string, kind: RunRecord['kind'], temporaryFolder?: string) {
    mkdirSync(folder, { recursive: true });
    const owner = identifyProcess(process.pid);
    if (!owner) throw new Error('this system does not tell when a process was started');
    this.file = join(folder, `${kind}-${process.pid}.json`);
    this.record = { kind, owner, processes: [], ...(temporaryFolder ? { temporaryFolder } : {}) };
    this.write();
  }

  add(name: string, pid: number): void {
    const identity = identifyProcess(pid);
    if (!identity) return;
    this.record = { ...this.record, processes: [...this.record.processes, { name, ...identity }] };
    this.write();
  }

  /** When the run has stopped all it began. */
  remove(): void {
    rmSync(this.file, { force: true });
  }

  private write(): void {
    // Renamed into place: a reader never sees half a list.
    writeFileSync(`${this.file}.half`, JSON.stringify(this.record));
    renameSync(`${this.file}.half`, this.file);
  }
}

/**
 * Stops what earlier runs left behind, recognised by pid and start time, and removes their temporary data.
 * Runs that are alive are left alone.
 */
export const stopLeftovers = async (folder: string, say: (line: string) => void): Promise<void> => {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    const record = name.endsWith('.json') ? readRecord(file) : undefined;
    if (record && isStillAlive(record.owner)) continue;
    if (record) await stopRun(record, say);
    rmSync(file, { force: true, recursive: true });
  }
};

const readRecord = (file: string): RunRecord | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as RunRecord;
  } catch {
    return undefined;
  }
};

const stopRun = async (record: RunRecord, say: (line: string) => void): Promise<void> => {
  const alive = (): RunRecord['processes'] => record.processes.filter(isStillAlive);
  if (alive().length > 0) {
    say(
      `Stopping what an earlier run left behind: ${alive()
        .map(({ name }) => name)
        .join(', ')}`,
    );
    await waitUntil(() => alive().length === 0, OWN_STOP_MS);
    for (const { pid } of alive().reverse()) signal(pid, 'SIGTERM');
    await waitUntil(() => alive().length === 0, TERM_MS);
    for (const { pid } of alive()) signal(pid, 'SIGKILL');
    await waitUntil(() => alive().length === 0, TERM_MS);
  }
  if (record.temporaryFolder) rmSync(record.temporaryFolder, { recursive: true, force: true });
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // It ended in between.
  }
};

const waitUntil = async (condition: () => boolean, timeoutMs: number): Promise<void> => {
  for (const until = performance.now() + timeoutMs; performance.now() < until && !condition();)
    await sleep(50);
};
