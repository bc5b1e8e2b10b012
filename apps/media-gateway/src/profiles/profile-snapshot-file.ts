import { createReadStream } from 'node:fs';
import { mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { profileSnapshotSchema, type ProfileSnapshot } from '@frontdesk/contracts';
import { z } from 'zod';

/** So many profiles are turned to text at once: well under a millisecond, since calls share the loop. */
const PROFILES_AT_ONCE = 10;

const headerSchema = z.object({ revision: z.int().min(0), count: z.int().min(0) });

export interface SavedProfiles {
  readonly revision: number;
  readonly profiles: readonly ProfileSnapshot[];
}

/**
 * The profiles on disk, for a start without greeting-service: a line that says how many there are, then a line each.
 * Written aside and renamed, so that a half file is never read. One write at a time; what changes meanwhile is written
 * once, afterwards.
 */
export class ProfileSnapshotFile {
  private pending: (() => SavedProfiles) | null = null;
  private writing: Promise<void> | null = null;

  constructor(
    private readonly path: string,
    private readonly onFailed: (error: unknown) => void,
  ) {}

  /** Null when there is none, or none that can be read. */
  async read(): Promise<SavedProfiles | null> {
    const input = createReadStream(this.path);
    const lines = createInterface({ input, crlfDelay: Infinity });
    try {
      let header: z.infer<typeof headerSchema> | null = null;
      const profiles: ProfileSnapshot[] = [];
      for await (const line of lines) {
        if (header) profiles.push(profileSnapshotSchema.parse(JSON.parse(line)));
        else header = headerSchema.parse(JSON.parse(line));
      }
      if (header?.count !== profiles.length) throw new Error('the file ends early');
      return { revision: header.revision, profiles };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.onFailed(error);
      return null;
    } finally {
      lines.close();
      input.destroy();
    }
  }

  /**
   * Resolves when what there is now, or something newer, was written or has failed.
   * @param what asked for when its turn has come
   */
  save(what: () => SavedProfiles): Promise<void> {
    this.pending = what;
    return (this.writing ??= this.writeAll().finally(() => (this.writing = null)));
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async writeAll(): Promise<void> {
    for (;;) {
      const what = this.pending;
      if (!what) return;
      this.pending = null;
      try {
        await this.write(what());
      } catch (error) {
        this.onFailed(error);
      }
    }
  }

  private async write({ revision, profiles }: SavedProfiles): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const aside = `${this.path}.${process.pid}`;
    const file = await open(aside, 'w');
    try {
      await file.write(`${JSON.stringify({ revision, count: profiles.length })}\n`);
      for (let from = 0; from < profiles.length; from += PROFILES_AT_ONCE) {
        const some = profiles.slice(from, from + PROFILES_AT_ONCE);
        await file.write(some.map((profile) => `${JSON.stringify(profile)}\n`).join(''));
      }
    } finally {
      await file.close();
    }
    await rename(aside, this.path);
  }
}
