import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type AudioFormat } from './audio-format';

const FORMATS: readonly AudioFormat[] = ['wav', 'mp3'];
/** Files being written are named so, aside and hidden, until they are whole. */
const PART = '.part';
/** A download on which nothing moves is given up after half a minute; one that rests for this long has no writer. */
const ABANDONED_AFTER_MS = 5 * 60_000;
/** Our own names: a call SID, perhaps a recording SID. Nothing else may become a path. */
const STEM = /^CA[0-9a-f]{32}(\.RE[0-9a-f]{32})?$/i;

export interface CachedFile {
  path: string;
  format: AudioFormat;
  bytes: number;
}

export interface CacheBounds {
  maxBytes: number;
  /** How long a file that nobody uses stays. */
  maxAgeMs: number;
}

interface Listed {
  name: string;
  stem: string;
  path: string;
  bytes: number;
  usedMs: number;
}

/** A folder of whole files, bounded in bytes and in how long one is kept unused; the least recently used go first. */
export class FileCache {
  constructor(
    readonly folder: string,
    private readonly bounds: CacheBounds,
    private readonly onEvicted: (name: string, bytes: number) => void,
  ) {}

  /** Makes the folder and clears away what a crash left half-written. */
  async open(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await this.removeAbandoned();
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

  /** Where the lock of a recording's download lies. */
  lockOf(stem: string): string {
    return join(this.folder, `.${checked(stem)}.lock`);
  }

  /** Makes a written file visible, whole, in one step; then makes room. */
  async commit(part: string, stem: string, format: AudioFormat): Promise<CachedFile> {
    const path = this.pathOf(stem, format);
    await rename(part, path);
    const { size } = await stat(path);
    await this.evict(this.bounds.maxBytes, path);
    return { path, format, bytes: size };
  }

  async remove(stem: string): Promise<void> {
    for (const format of FORMATS) await rm(this.pathOf(stem, format), { force: true });
  }

  /** Deletes the least recently used until `maxBytes` hold; never the one named. Readers of an evicted file read on. */
  async evict(maxBytes = this.bounds.maxBytes, keep?: string): Promise<void> {
    const files = await this.list();
    let total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    for (const file of files) {
      if (total <= maxBytes) return;
      if (file.path === keep) continue;
      await this.drop(file);
      total -= file.bytes;
    }
  }

  /** The disk is full before our own bound is reached: lets half of what is here go. @returns whether anything went */
  async makeRoom(): Promise<boolean> {
    const files = await this.list();
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    await this.evict(total / 2);
    return total > 0;
  }

  /** Deletes what nobody used for too long, and what crashes left half-written. */
  async expire(): Promise<void> {
    await this.removeAbandoned();
    for (const file of await this.list())
      if (Date.now() - file.usedMs > this.bounds.maxAgeMs) await this.drop(file);
  }

  /** The stems of all files that are here. */
  async stems(): Promise<string[]> {
    return [...new Set((await this.list()).map(({ stem }) => stem))];
  }

  private async drop({ path, name, bytes }: Listed): Promise<void> {
    await rm(path, { force: true });
    this.onEvicted(name, bytes);
  }

  private async removeAbandoned(): Promise<void> {
    for (const name of await readdir(this.folder)) {
      if (!name.endsWith(PART) && !name.endsWith('.lock')) continue;
      const path = join(this.folder, name);
      const written = await stat(path).catch(() => null);
      if (written && Date.now() - written.mtimeMs > ABANDONED_AFTER_MS) await rm(path, { force: true });
    }
  }

  /** What is in the folder, least recently used first. */
  private async list(): Promise<Listed[]> {
    const files: Listed[] = [];
    for (const name of await readdir(this.folder)) {
      const format = FORMATS.find((candidate) => name.endsWith(`.${candidate}`));
      const stem = format && name.slice(0, -format.length - 1);
      if (!stem || !STEM.test(stem)) continue;
      const path = join(this.folder, name);
      const found = await stat(path).catch(() => null);
      if (found) files.push({ name, stem, path, bytes: found.size, usedMs: found.mtimeMs });
    }
    return files.sort((a, b) => a.usedMs - b.usedMs);
  }

  private pathOf(stem: string, format: AudioFormat): string {
    return join(this.folder, `${checked(stem)}.${format}`);
  }
}

const checked = (stem: string): string => {
  if (!STEM.test(stem)) throw new Error('a recording file must be named by its SIDs');
  return stem;
};
