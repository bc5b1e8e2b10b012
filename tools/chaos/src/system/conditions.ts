import { cpus } from 'node:os';
import { type ChaosSystem } from './chaos-system';

/** What every run says about where and how it ran. */
export const machineConditions = (
  { probe, logDir }: ChaosSystem,
  startedAt: number,
): Record<string, unknown> => ({
  node: process.version,
  cores: cpus().length,
  latestWakeUpMs: probe.maxMs(),
  tookSeconds: Math.round((performance.now() - startedAt) / 1000),
  logs: logDir,
});
