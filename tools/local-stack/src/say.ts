import { type ConstellationObserver } from '@frontdesk/test-harness';
import { type RunRegistry } from './run-registry';

/** Progress goes to stderr: stdout is for results alone. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Writes each process into the list of this run, and tells of those that end by themselves. */
export const observe = (registry: RunRegistry, logDir: string): ConstellationObserver => ({
  onSpawn: ({ name, pid }) => registry.add(name, pid),
  onReady: (_name, running) => {
    // PostgreSQL itself is the launcher's child and would survive a kill -9 of both of us.
    const { serverPid } = running.listeningLine;
    if (typeof serverPid === 'number') registry.add('PostgreSQL', serverPid);
  },
  onCrash: (name, how) => say(`${name} ended by itself (${how}); its log: ${logDir}/${name}.log`),
});
