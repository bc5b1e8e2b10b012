import { readFileSync } from 'node:fs';

/** What a process has used so far. */
export interface ProcessCost {
  readonly cpuMs: number;
  readonly residentBytes: number;
}

/** Linux counts processor time in hundredths of a second for everyone, whatever the kernel's own tick. */
const TICK_MS = 10;
const PAGE_BYTES = 4096;
/** Fields of /proc/PID/stat behind the name, counted from the state (man 5 proc). */
const UTIME = 11;
const STIME = 12;
const RESIDENT_PAGES = 21;

/** Of a process of this machine; null where there is no /proc. Time of all its threads, in user and in kernel. */
export const processCost = (pid: number): ProcessCost | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      cpuMs: (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_MS,
      residentBytes: Number(fields[RESIDENT_PAGES]) * PAGE_BYTES,
    };
  } catch {
    return null;
  }
};
