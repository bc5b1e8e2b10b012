import { join } from 'node:path';
import { type Environment } from '../processes/environment';
import { freePort } from '../processes/free-port';
import { spawnService, type RunningProcess } from '../processes/child-process';
import { type Constellation } from './constellation';
import { type ProcessName } from './settings';
import { servicePlans } from './wiring';

/**
 * One more process of a service beside the one that runs in a constellation: the same environment but for its own port and
 * what is given here. Whoever starts it disposes it, before the constellation.
 */
export const spawnBeside = async (
  { settings, databaseUrl, kafkaBrokers }: Constellation,
  name: ProcessName,
  env: Environment = {},
): Promise<RunningProcess> => {
  const plan = servicePlans(settings, { databaseUrl, kafkaBrokers }).find((one) => one.name === name);
  if (!plan) throw new Error(`${name} is no service of this constellation`);
  const port = String(await freePort());
  return spawnService(
    name,
    { ...plan.env, PORT: port, INTERNAL_URL: `http://127.0.0.1:${port}`, ...env },
    settings.logDir ? { logFile: join(settings.logDir, `${name}-${port}.log`) } : {},
  );
};
