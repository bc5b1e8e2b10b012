import { resolve } from 'node:path';
import { homedir } from 'node:os';
import { flag, integer, optionalText, readConfig, text } from '@frontdesk/runtime';

export const settings = {
  port: integer('PORT', 'Port on 127.0.0.1; 0 picks a free one', { default: 5433, min: 0, max: 65_535 }),
  dataDir: text('DATA_DIR', 'Folder of the database; made when it does not exist', {
    default: '.data/postgres',
  }),
  elsewhere: optionalText(
    'ELSEWHERE_DIR',
    'Where binaries and data go that the postgres user cannot reach in place; default /var/lib/frontdesk as root, else ~/.cache/frontdesk',
  ),
  isDurable: flag('DURABLE', 'false trades durability for speed; for tests', { default: true }),
};

export interface Config {
  port: number;
  dataDir: string;
  elsewhere: string;
  isDurable: boolean;
}

export const loadConfig = (environment: NodeJS.ProcessEnv): Config => {
  const config = readConfig(settings, environment);
  return {
    ...config,
    dataDir: resolve(config.dataDir),
    elsewhere: resolve(config.elsewhere ?? defaultElsewhere()),
  };
};

const defaultElsewhere = (): string =>
  process.getuid?.() === 0 ? '/var/lib/frontdesk' : `${homedir()}/.cache/frontdesk`;
