import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Binaries } from './binaries';
import { type ServerUser } from './server-user';

/** The superuser of the cluster; also owns the database of the same name. */
export const USER = 'frontdesk';

/** A database cluster on disk: PostgreSQL's data directory and the password that was made with it. */
export interface Cluster {
  readonly folder: string;
  readonly password: string;
}

const PASSWORD_FILE = 'frontdesk.password';
const HALF = 'cluster.half-';

/**
 * The cluster below `dataDir`, made when there is none. It is made aside and renamed, so a cluster is never half
 * there; what is there but is no cluster (a disk that filled up, a copy that was cut off) is set aside, not deleted.
 */
export const openCluster = async (options: {
  dataDir: string;
  binaries: Binaries;
  user: ServerUser | undefined;
  isDurable: boolean;
  say: (line: string) => void;
}): Promise<Cluster> => {
  const { dataDir, say, user } = options;
  const folder = join(dataDir, 'cluster');
  for (const name of readdirSync(dataDir).filter((entry) => entry.startsWith(HALF)))
    rmSync(join(dataDir, name), { recursive: true, force: true });

  if (existsSync(folder) && !isWhole(folder)) {
    const aside = `${folder}.broken-${new Date().toISOString().replaceAll(':', '-')}`;
    renameSync(folder, aside);
    say(`the database in ${folder} is not whole: set aside as ${aside}, starting with an empty one`);
  }
  if (!existsSync(folder)) {
    const half = join(dataDir, `${HALF}${process.pid}`);
    await initialise({ ...options, folder: half });
    renameSync(half, folder);
  }
  const version = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (version !== options.binaries.majorVersion)
    throw new Error(
      `the database in ${folder} is of PostgreSQL ${version}, this is ${options.binaries.majorVersion}: move it away or name another folder by DATA_DIR`,
    );
  if (user) chownSync(folder, user.uid, user.gid);
  return { folder, password: readFileSync(join(folder, PASSWORD_FILE), 'utf8').trim() };
};

const isWhole = (folder: string): boolean =>
  ['PG_VERSION', 'global/pg_control', 'postgresql.conf', 'pg_wal', PASSWORD_FILE].every((name) =>
    existsSync(join(folder, name)),
  );

const initialise = async (options: {
  folder: string;
  binaries: Binaries;
  user: ServerUser | undefined;
  isDurable: boolean;
}): Promise<void> => {
  const { folder, user } = options;
  const passwordFile = `${folder}.password`;
  const own = (path: string): void => {
    if (user) chownSync(path, user.uid, user.gid);
  };
  mkdirSync(folder, { mode: 0o700 });
  own(folder);
  writeFileSync(passwordFile, randomBytes(18).toString('base64url'), { mode: 0o600 });
  own(passwordFile);
  try {
    await promisify(execFile)(
      options.binaries.initdb,
      [
        `--pgdata=${folder}`,
        `--username=${USER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        // The builtin provider sorts and folds case the same on every machine, with no locale installed.
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--no-instructions',
        ...(options.isDurable ? [] : ['--no-sync']),
      ],
      { ...user, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } },
    );
    renameSync(passwordFile, join(folder, PASSWORD_FILE));
  } catch (error) {
    rmSync(passwordFile, { force: true });
    rmSync(folder, { recursive: true, force: true });
    const lines = String((error as { stderr?: string }).stderr || (error as Error).message).split('\n');
    const reason = lines.find((line) => /error|fatal|could not/i.test(line)) ?? lines[0];
    throw new Error(`the database could not be made in ${folder}: ${reason}`, { cause: error });
  }
};
