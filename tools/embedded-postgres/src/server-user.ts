import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Whom PostgreSQL runs as: `undefined` means ourselves. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

const NAME = 'postgres';

/** PostgreSQL refuses to run as root: then it runs as `postgres`, who is made when missing. */
export const findServerUser = (): ServerUser | undefined => {
  if (process.getuid?.() !== 0) return undefined;
  const known = lookUp();
  if (known) return known;
  try {
    execFileSync('groupadd', ['--system', NAME], { stdio: 'ignore' });
  } catch {
    // The group may be there without the user; if not, the next command says so.
  }
  try {
    execFileSync('useradd', ['--system', '--gid', NAME, '--no-create-home', '--shell', '/bin/false', NAME], {
      stdio: 'ignore',
    });
  } catch (error) {
    throw new Error(
      `PostgreSQL does not run as root, and the user "${NAME}" could not be made: create it, or start as an ordinary user`,
      { cause: error },
    );
  }
  const made = lookUp();
  if (!made) throw new Error(`the user "${NAME}" was made but is not known to this machine`);
  return made;
};

const lookUp = (): ServerUser | undefined => {
  try {
    const id = (option: string): number =>
      Number(execFileSync('id', [option, NAME], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
};

/** Whether the user may enter every folder from the root down to `folder` (which may not exist yet). */
export const canEnter = (folder: string, user: ServerUser): boolean => {
  const parent = dirname(folder);
  if (parent !== folder && !canEnter(parent, user)) return false;
  let stat;
  try {
    stat = statSync(folder);
  } catch {
    return true; // does not exist yet: it will be made for the user
  }
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === user.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
};
