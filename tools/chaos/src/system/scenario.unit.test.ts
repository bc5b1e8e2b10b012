import { exactly } from '@frontdesk/run-report';
import { type ChaosSystem } from './chaos-system';
import { runScenarios, type Scenario } from './scenario';

const scale = { calls: 6, outageMs: 10, isSmall: true };

it('runs groups in order, names each figure after its scenario, and counts one that broke as not held', async () => {
  const said: string[] = [];
  const system = { say: (line: string) => said.push(line) } as unknown as ChaosSystem;
  const scenario = (name: string, run: Scenario['run']): Scenario => ({ name, run });
  const figures = await runScenarios(
    [
      [
        scenario('kill', () => Promise.resolve([exactly('lost', 'calls', 0, 0)])),
        scenario('cut', () => Promise.reject(new Error('no session'))),
      ],
      [scenario('mute', () => Promise.resolve([exactly('redirected', 'times', 2, 1)]))],
    ],
    system,
    scale,
    new AbortController().signal,
  );
  expect(figures.map(({ figure, ok }) => [figure, ok])).toEqual([
    ['kill: lost', true],
    ['cut: done to its end', false],
    ['mute: redirected', false],
  ]);
  expect(figures[1]!.value).toBe('no session');
  expect(said.join('\n')).toMatch(/kill \+ cut …\n.*did not hold: cut: done to its end\nmute …/s);
});

it('begins no further group once it was told to stop', async () => {
  const controller = new AbortController();
  controller.abort(new Error('stopped'));
  const never: Scenario = { name: 'x', run: () => Promise.reject(new Error('ran')) };
  await expect(
    runScenarios([[never]], { say: () => undefined } as unknown as ChaosSystem, scale, controller.signal),
  ).rejects.toThrow('stopped');
});
