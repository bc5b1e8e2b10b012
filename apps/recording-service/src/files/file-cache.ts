import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type AudioFormat } from './audio-format';

const FORMATS: readonly AudioFormat[] = ['wav', 'mp3'];
/** Files being written are named so, aside and hidden, until they are whole. */
const PART = '.part';
const ABANDONED_AFTER_MS = 60 * 60 * 1000;
/** Our own names: a call SID, perhaps a recording SID. Nothing else may become a path. */
const STEM = /^CA[0-9a-f]{32}(\.RE[0-9a-f]{32})?$/i;

export interface CachedFile {
  path: string;
  format: AudioFormat;
  bytes: number;
}

/** A bounded folder of whole files; the least recently used go first. */
export class FileCache {
  constructor(
    private readonly folder: string,
    private readonly maxBytes: number,
    private readonly onEvicted: (name: string, bytes: number) => void,
  ) {}

  /** Makes the folder and clears away what a crash left half-written. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) {
      if (!name.endsWith(PART)) continue;
      const path = join(this.folder, name);
      const age =
        Date.now() -
        (await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => Date.now(),
        ));
      if (age > ABANDONED_AFTER_MS) await rm(path, { force: true });
    }
  }

  /** The file of a recording, marked as used now; null when it is not here. */
  async find(stem: string): Promise<CachedFile | null> {
    for (const format of FORMATS) {
      const path = this.pathOf(stem, format);
      const found = await stat(path).catch(() => null);
      if (!found?.isFile() || found.size === 0) continue;
      const now = new Date();
      await utimes(path, now, now).catch(() => undefined); // evicted in between: the caller's open will tell
      return { path, format, bytes: found.size };
    }
    return null;
  }

  /** A name to write to, unseen by {@link find}. */
  reserve(stem: string): string {
    return join(this.folder, `.${checked(stem)}.${randomUUID()}${PART}`);
  }

  /** Makes a written file visible, whole, in one step; then makes room. */
  async commit(part: string, stem: string, format: AudioFormat): Promise<CachedFile> {
    const path = this.pathOf(stem, format);
    await rename(part, path);
    const { size } = await stat(path);
    await this.evict(this.maxBytes, path);
    return { path, format, bytes: size };
  }

  async remove(stem: string): Promise<void> {
    for (const format of FORMATS) await rm(this.pathOf(stem, format), { force: true });
  }

  /** Deletes the least recently used until `maxBytes` hold; never the one named. Readers of an evicted file read on. */
  async evict(maxBytes = this.maxBytes, keep?: string): Promise<void> {
    const files = await this.list();
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const file of files) {
      if (total <= maxBytes) return;
      if (file.path === keep) continue;
      await rm(file.path, { force: true });
      total -= file.bytes;
      this.onEvicted(file.name, file.bytes);
    }
  }

  /** What is in the folder, least recently used first. */
  private async list(): Promise<{ name: string; path: string; bytes: number; usedMs: number }[]> {
    const names = (await readdir(this.folder)).filter((name) =>
      FORMATS.some((format) => name.endsWith(`.${format}`)),
    );
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        const found = await stat(path).catch(() => null);
        return found ? [{ name, path, bytes: found.size, usedMs: found.mtimeMs }] : [];
      }),
    );
    return files.flat().sort((a, b) => a.usedMs - b.usedMs);
  }

  private pathOf(stem: string, format: AudioFormat): string {
    return join(this.folder, `${checked(stem)}.${format}`);
  }
}

const checked = (stem: string): string => {
  if (!STEM.test(stem)) throw new Error('a recording file must be named by its SIDs');
  return stem;
};
