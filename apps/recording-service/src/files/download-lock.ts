import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';

/** How often a holder shows that it is alive, and after how long without it the lock counts as left behind. */
const BEAT_MS = 1_000;
const STALE_AFTER_MS = 6_000;

/**
 * Lets one process at a time download a recording into a folder that several share: a file that exists while it is held.
 * Its holder touches it; one that is gone (kill -9) touches it no more, and another takes it after six seconds. A lock
 * file rather than one in the database: it is as near as the folder, and holds no connection for as long as a download
 * takes. Should a holder stand still for longer than that, two download at once: each into a file of its own, each
 * made visible whole, so that only the work is done twice.
 */
export class DownloadLock implements AsyncDisposable {
  private constructor(
    private readonly path: string,
    private readonly token: string,
    private readonly beat: NodeJS.Timeout,
  ) {}

  /** @returns null while another holds it */
  static async tryTake(path: string): Promise<DownloadLock | null> {
    const token = randomUUID();
    if (!(await create(path, token))) {
      if (!(await clearStale(path, `${path}.${token}.lock`))) return null;
      if (!(await create(path, token))) return null;
    }
    const beat = setInterval(() => {
      const now = new Date();
      utimes(path, now, now).catch(() => undefined); // a folder that is gone shows in the download itself
    }, BEAT_MS);
    beat.unref();
    return new DownloadLock(path, token, beat);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.beat);
    const held = await readFile(this.path, 'utf8').catch(() => '');
    if (held === this.token) await rm(this.path, { force: true });
  }
}

const create = async (path: string, token: string): Promise<boolean> => {
  try {
    await writeFile(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/**
 * Gets a lock out of the way that its holder left behind. Moved aside first, so that of several who see it one gets it.
 * Whoever was slower may have moved the lock of the one who has taken it since: that one goes back to its place.
 * @returns whether the way is free
 */
const clearStale = async (path: string, aside: string): Promise<boolean> => {
  // Read before its age is looked at: a lock taken over between the two is young.
  const left = await readFile(path, 'utf8').catch(() => null);
  if (left === null || !(await isStale(path))) return false;
  try {
    await rename(path, aside);
  } catch {
    return true; // another moved it
  }
  const isTheOneSeen = (await readFile(aside, 'utf8').catch(() => null)) === left && (await isStale(aside));
  // Should somebody have made one in that moment, both download: see above.
  if (!isTheOneSeen) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
  return isTheOneSeen;
};

const isStale = async (path: string): Promise<boolean> => {
  const held = await stat(path).catch(() => null);
  return held !== null && Date.now() - held.mtimeMs > STALE_AFTER_MS;
};
