import { once } from 'node:events';
import {
  Constellation,
  isFree,
  type ConstellationSettings,
  type Ports,
  type ProcessName,
} from '@frontdesk/test-harness';
import { type Live } from './arguments';
import { loadConfig, portsFrom, realBackends } from './config';
import { demoFolder, printDemo, withSimulatedConstellation } from './demo-command';
import { runDemo } from './demo/run-demo';
import { followLive } from './live/follow-live';
import { RunRegistry, stopLeftovers } from './run-registry';
import { observe, say } from './say';
import { loadSecrets } from './secrets-file';
import { shownPath, type StackPaths } from './stack-paths';

/** `npm start`: the stack on its fixed ports, a demo (with `--live` real calls), then it stays up until Ctrl-C. */
export const runStartCommand = async (
  environment: NodeJS.ProcessEnv,
  paths: StackPaths,
  signal: AbortSignal,
  live?: Live,
): Promise<void> => {
  const config = loadConfig(environment, live !== undefined);
  await stopLeftovers(paths.runs, say);
  const settings: ConstellationSettings = {
    ports: portsFrom(config.portBase),
    ...realBackends(config),
    secrets: loadSecrets(paths.secrets),
    dataDir: paths.data,
    logDir: paths.logs,
    logLevel: config.logLevel,
    isDurable: true,
    extraEnv: {},
  };
  await assertPortsFree(settings);
  const registry = new RunRegistry(paths.runs, 'start');
  try {
    say(`Starting Frontdesk; logs in ${shownPath(paths.logs)}`);
    await using constellation = await Constellation.start(settings, observe(registry, paths.logs));
    tellWhereDataLies(constellation, paths);
    if (!signal.aborted && !live) await showDemo(constellation, paths, signal);
    if (!signal.aborted) {
      tellWhereToLook(constellation, paths);
      if (live) await followLive(constellation, live, signal);
      else await once(signal, 'abort');
    }
    say('\nStopping …');
  } finally {
    registry.remove();
  }
};

/** Every port is looked at before anything starts: one line names those that are taken. */
const assertPortsFree = async (settings: ConstellationSettings): Promise<void> => {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(portsInUse(settings)))
    if (!(await isFree(port))) taken.push(`${port} (${name})`);
  if (taken.length > 0)
    throw new Error(
      `already taken: port ${taken.join(', ')}; stop what listens there, or move all ports by FRONTDESK_PORT_BASE`,
    );
};

/** Ports of what will be started; a server that the person brought along has its own. */
const portsInUse = (settings: ConstellationSettings): Partial<Ports> => {
  const brought: Partial<Record<ProcessName, unknown>> = {
    'embedded-postgres': settings.databaseUrl,
    'embedded-kafka': settings.kafkaBrokers,
    'openai-simulator': settings.openAi,
    'twilio-simulator': settings.twilio,
  };
  return Object.fromEntries(Object.entries(settings.ports).filter(([name]) => !brought[name as ProcessName]));
};

/** The demo rings simulated phones only: with anything real in the stack, a second, simulated one is made for it. */
const showDemo = async (stack: Constellation, paths: StackPaths, signal: AbortSignal): Promise<void> => {
  const { databaseUrl, kafkaBrokers, openAi, twilio } = stack.settings;
  const folder = demoFolder(paths);
  const demo = (constellation: Constellation): ReturnType<typeof runDemo> =>
    runDemo({ constellation, folder, callerWav: undefined, say });
  const isAllSimulated = !databaseUrl && !kafkaBrokers && !openAi && !twilio;
  try {
    if (!isAllSimulated) say('Your stack uses real servers or accounts: the demo runs beside it, simulated.');
    const { report, lines } = isAllSimulated
      ? await demoUntil(demo(stack), signal)
      : await withSimulatedConstellation(paths, folder, signal, demo);
    printDemo(report, lines);
  } catch (error) {
    if (!signal.aborted) say(`The demo failed: ${(error as Error).message}`);
  }
};

const demoUntil = <T>(demo: Promise<T>, signal: AbortSignal): Promise<T> =>
  Promise.race([demo, once(signal, 'abort').then(() => Promise.reject(new Error('stopped')))]);

const tellWhereDataLies = (constellation: Constellation, paths: StackPaths): void => {
  if (constellation.settings.databaseUrl) return;
  const { dataDir } = constellation.process('embedded-postgres').listeningLine;
  if (typeof dataDir === 'string' && !dataDir.startsWith(paths.data))
    say(`The user postgres cannot enter ${paths.data}, so the database lies in ${dataDir}`);
};

const tellWhereToLook = (constellation: Constellation, paths: StackPaths): void => {
  const { settings } = constellation;
  const rows: [string, string][] = [
    ['public router', constellation.url('public-router')],
    ['media-gateway', `${constellation.url('media-gateway')}/openapi.json`],
    ['greeting-service', `${constellation.url('greeting-service')}/openapi.json`],
    ['recording-service', `${constellation.url('recording-service')}/openapi.json`],
    ['outbound-dialer', `${constellation.url('outbound-dialer')}/openapi.json`],
    [
      'Twilio',
      settings.twilio ? 'your account' : `simulated, ${constellation.url('twilio-simulator')}/_sim/calls`,
    ],
    [
      'OpenAI',
      settings.openAi ? 'your account' : `simulated, ${constellation.url('openai-simulator')}/_sim/sessions`,
    ],
    ['PostgreSQL', settings.databaseUrl ? 'yours' : constellation.databaseUrl],
    ['Kafka', constellation.kafkaBrokers],
    ['data', paths.data],
    ['logs', `${paths.logs}/<process>.log`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  process.stdout.write(
    `\nFrontdesk is up. Ctrl-C stops everything.\n\n${rows.map(([name, place]) => `  ${name.padEnd(width)}  ${place}`).join('\n')}\n\n  The services' APIs want a token: node tools/service-token.mjs SERVICE (README.md shows how).\n\n`,
  );
};
