import { execFileSync } from 'node:child_process';
import { backendPlans, routerPlan, servicePlans } from '../src/constellation/wiring';
import { bundleOf, newSecrets, processNames, scrubbedEnvironment, type Ports } from '../src';

const settings = {
  ports: Object.fromEntries(processNames.map((name, index) => [name, 1000 + index])) as Ports,
  publicUrl: 'https://frontdesk.example',
  secrets: newSecrets(),
  dataDir: '/nowhere',
  logLevel: 'info' as const,
  isDurable: true,
  extraEnv: {},
};
const plans = [
  ...backendPlans(settings),
  ...servicePlans(settings, { databaseUrl: 'postgres://x', kafkaBrokers: 'y:1' }),
  routerPlan(settings),
];

it('has a plan for every process', () => {
  expect(plans.map(({ name }) => name)).toEqual(processNames);
});

it.each(plans.map(({ name, env }) => [name, env] as const))(
  'gives %s every variable that it requires',
  (name, env) => {
    const output = execFileSync(process.execPath, [bundleOf(name), 'settings'], {
      env: scrubbedEnvironment(),
      encoding: 'utf8',
      timeout: 20_000,
    });
    const { settings: rows } = JSON.parse(output) as { settings: { variable: string; fallback: string }[] };
    const required = rows.filter(({ fallback }) => fallback === 'required').map(({ variable }) => variable);
    expect(required.filter((variable) => !(variable in env))).toEqual([]);
    // HOST, DATA_DIR and the like are given to all; what is spelled wrong would be known to none.
    const known = new Set(rows.map(({ variable }) => variable));
    const common = ['PORT', 'HOST', 'DATA_DIR', 'INTERNAL_URL', 'DRAIN_TIMEOUT_MS'];
    const neighbours = Object.keys(env).filter((variable) => variable.endsWith('_URL'));
    const odd = Object.keys(env).filter(
      (variable) => !known.has(variable) && ![...common, ...neighbours].includes(variable),
    );
    expect(odd).toEqual([]);
  },
);
