import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** One run of a process: a pid alone may have passed on to another process since. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Opaque and exact; the same for as long as the process lives. */
  readonly token: string;
  /** Milliseconds since the epoch, to about a second. */
  readonly startedAtMs: number;
}

/** The process that has this pid now; undefined when there is none, or only a zombie. */
export const identifyProcess = (pid: number): ProcessIdentity | undefined =>
  process.platform === 'linux' ? fromProc(pid) : fromPs(pid);

/** Whether that very process, not merely its pid, is still alive. */
export const isStillAlive = (identity: Pick<ProcessIdentity, 'pid' | 'token'>): boolean =>
  identifyProcess(identity.pid)?.token === identity.token;

/** Linux counts start times in ticks of a hundredth of a second towards user space, whatever the kernel's own. */
const MS_PER_TICK = 10;

const fromProc = (pid: number): ProcessIdentity | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): pid (comm) state ppid …, starttime is field 22; comm may hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const startTicks = Number(fields[19]);
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]);
    return {
      pid,
      token: `${bootId}/${startTicks}`,
      startedAtMs: bootSeconds * 1000 + startTicks * MS_PER_TICK,
    };
  } catch {
    return undefined;
  }
};

const fromPs = (pid: number): ProcessIdentity | undefined => {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    if (!state || state.startsWith('Z')) return undefined;
    const token = started.join(' ');
    return { pid, token, startedAtMs: Date.parse(token) };
  } catch {
    return undefined;
  }
};
