import { type Run, type RunDefinition } from '@frontdesk/run-report';
import { ChaosSystem } from '../system/chaos-system';
import { machineConditions } from '../system/conditions';
import { runScenarios, type Scale, type Scenario } from '../system/scenario';
import { gatewayKilled } from './scenarios/gateway-killed';
import { modelSocketCut } from './scenarios/model-socket-cut';
import { muteModel } from './scenarios/mute-model';
import { neighboursAway } from './scenarios/neighbours-away';
import { rollout } from './scenarios/rollout';
import { watchdog } from './scenarios/watchdog';

type Groups = readonly (readonly Scenario[])[];

/** In order; those of one line at once. */
const all: Groups = [[muteModel, modelSocketCut, watchdog], [gatewayKilled], [rollout], [neighboursAway]];

const scaleOf = (isSmall: boolean, calls: number | undefined): Scale => ({
  calls: calls ?? (isSmall ? 6 : 50),
  outageMs: isSmall ? 10_000 : 60_000,
  isSmall,
});

const runGroups =
  (groups: Groups): Run =>
  async ({ isSmall, numbers, signal, say }) => {
    const scale = scaleOf(isSmall, numbers.calls);
    const startedAt = performance.now();
    await using system = await ChaosSystem.start({ say });
    const figures = await runScenarios(groups, system, scale, signal);
    return {
      conditions: {
        ...machineConditions(system, startedAt),
        callsAtOnce: scale.calls,
        outageSeconds: scale.outageMs / 1000,
      },
      figures,
    };
  };

/** `gateway` is all of it; `gateway:NAME` one scenario alone. */
export const gatewayRuns: Readonly<Record<string, RunDefinition>> = {
  gateway: { summary: 'live calls while models, gateways, streams and neighbours fail', run: runGroups(all) },
  ...Object.fromEntries(
    all
      .flat()
      .map((scenario) => [
        `gateway:${scenario.name.replaceAll(' ', '-')}`,
        { summary: 'that scenario alone', run: runGroups([[scenario]]), isOnRequest: true },
      ]),
  ),
};
