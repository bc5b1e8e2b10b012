import { cpus } from 'node:os';
import { type Run } from '@frontdesk/run-report';
import { ChaosSystem } from '../system/chaos-system';
import { runScenarios, type Scale, type Scenario } from '../system/scenario';
import { modelSocketCut } from './scenarios/model-socket-cut';
import { muteModel } from './scenarios/mute-model';
import { watchdog } from './scenarios/watchdog';

/** In order; those of one line at once. */
const groups: readonly (readonly Scenario[])[] = [[muteModel, modelSocketCut, watchdog]];

export const scaleOf = (isSmall: boolean, calls: number | undefined): Scale => ({
  calls: calls ?? (isSmall ? 6 : 50),
  outageMs: isSmall ? 10_000 : 60_000,
  isSmall,
});

export const runGatewayChaos: Run = async ({ isSmall, numbers, signal, say }) => {
  const scale = scaleOf(isSmall, numbers.calls);
  const startedAt = performance.now();
  await using system = await ChaosSystem.start({ say });
  const figures = await runScenarios(groups, system, scale, signal);
  return {
    conditions: {
      node: process.version,
      cores: cpus().length,
      callsAtOnce: scale.calls,
      outageSeconds: scale.outageMs / 1000,
      latestWakeUpMs: system.probe.maxMs(),
      tookSeconds: Math.round((performance.now() - startedAt) / 1000),
      logs: system.logDir,
    },
    figures,
  };
};
