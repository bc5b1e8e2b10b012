import { type Figure } from '@frontdesk/run-report';
import { type ChaosSystem } from './chaos-system';

/** Sizes of a run: the usual, or the short form for CI. */
export interface Scale {
  /** Calls at once on a gateway that is killed or rolled out. */
  readonly calls: number;
  /** How long a neighbour is away, milliseconds. */
  readonly outageMs: number;
  readonly isSmall: boolean;
}

/** One thing that goes wrong, and what it must not do to callers. */
export interface Scenario {
  readonly name: string;
  readonly run: (system: ChaosSystem, scale: Scale) => Promise<Figure[]>;
}

/**
 * Does the scenarios of each group at once, group after group. One that could not be done to its end is a figure that
 * did not hold: the others still tell what they found.
 */
export const runScenarios = async (
  groups: readonly (readonly Scenario[])[],
  system: ChaosSystem,
  scale: Scale,
  signal: AbortSignal,
): Promise<Figure[]> => {
  const figures: Figure[] = [];
  for (const group of groups) {
    signal.throwIfAborted();
    const startedAt = performance.now();
    system.say(`${group.map(({ name }) => name).join(' + ')} …`);
    const results = await Promise.all(group.map((scenario) => runOne(scenario, system, scale)));
    figures.push(...results.flat());
    const failed = results.flat().filter(({ ok }) => ok === false);
    system.say(
      `  ${((performance.now() - startedAt) / 1000).toFixed(0)} s, ` +
        (failed.length === 0 ? 'held' : `did not hold: ${failed.map(({ figure }) => figure).join('; ')}`),
    );
  }
  return figures;
};

const runOne = async (scenario: Scenario, system: ChaosSystem, scale: Scale): Promise<Figure[]> => {
  try {
    const figures = await scenario.run(system, scale);
    return figures.map((figure) => ({ ...figure, figure: `${scenario.name}: ${figure.figure}` }));
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    return [
      {
        figure: `${scenario.name}: done to its end`,
        unit: '',
        value: what.slice(0, 300),
        goal: 'done',
        ok: false,
      },
    ];
  }
};
