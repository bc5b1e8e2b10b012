import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { profileSnapshotSchema, type ProfileSnapshot } from '@frontdesk/contracts';
import { withTimeout } from '@frontdesk/runtime';
import { z } from 'zod';
import { type GatewayEvents } from '../events';

/** Kafka's hint comes first as a rule; this is how late a change is without it. */
const POLL_MS = 5000;

const snapshotSchema = z.object({ revision: z.int().min(0), profiles: z.array(profileSnapshotSchema) });
type Snapshot = z.infer<typeof snapshotSchema>;

export interface ProfileChanges extends Snapshot {
  readonly deleted: readonly string[];
}

export interface ProfileStoreOptions {
  /** Asks greeting-service for what changed after a revision. */
  readonly fetchSince: (revision: number) => Promise<ProfileChanges>;
  /** Where the copy is kept; undefined for none. */
  readonly snapshotFile: string | undefined;
  readonly events: GatewayEvents;
  /** Told of each profile that is new or changed. */
  readonly onChanged: (profile: ProfileSnapshot) => void;
}

/**
 * This replica's own copy of all profiles: no look-up stands between a webhook and its answer. The revision number of
 * greeting-service is the truth, asked for every 5 s and on a hint; a copy on disk serves a start without it.
 */
export class ProfileStore implements AsyncDisposable {
  private readonly byId = new Map<string, ProfileSnapshot>();
  private readonly byNumber = new Map<string, ProfileSnapshot>();
  private revision = 0;
  private isLoadedFromService = false;
  private isDisposed = false;
  private isPolling = false;
  private isHinted = false;
  private timer: NodeJS.Timeout | undefined;
  private resolveLoaded: () => void = () => undefined;
  private readonly loaded = new Promise<void>((resolve) => (this.resolveLoaded = resolve));

  constructor(private readonly options: ProfileStoreOptions) {}

  /** Reads the copy on disk and begins to ask. Resolves at once. */
  async start(): Promise<void> {
    await this.readSnapshot();
    void this.poll();
  }

  byCalledNumber(number: string): ProfileSnapshot | undefined {
    return this.byNumber.get(number);
  }

  byBusinessId(id: string): ProfileSnapshot | undefined {
    return this.byId.get(id);
  }

  /** Resolves when greeting-service answered for the first time, or after the bound. */
  async waitForFirstLoad(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([this.loaded, bound]);
    clearTimeout(timer);
  }

  /** Asks greeting-service for a number that is not known here, at most so long. */
  async lookUp(number: string, boundMs: number): Promise<ProfileSnapshot | undefined> {
    try {
      await withTimeout(this.refresh(), boundMs, 'the look-up of a business');
    } catch (error) {
      this.options.events.profilesUnavailable(error);
    }
    return this.byNumber.get(number);
  }

  /** Something changed: ask now. */
  hint(): void {
    if (this.isPolling) this.isHinted = true;
    else void this.poll();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.timer);
    return Promise.resolve();
  }

  private async poll(): Promise<void> {
    clearTimeout(this.timer);
    if (this.isDisposed) return;
    this.isPolling = true;
    try {
      do {
        this.isHinted = false;
        await this.refresh();
      } while (this.isHinted);
    } catch (error) {
      this.options.events.profilesUnavailable(error);
    } finally {
      this.isPolling = false;
    }
    if (!this.isDisposed) this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  private async refresh(): Promise<void> {
    // A copy from disk may be of another database: the first answer is taken whole.
    const since = this.isLoadedFromService ? this.revision : 0;
    const changes = await this.options.fetchSince(since);
    const isFirst = !this.isLoadedFromService;
    if (isFirst) this.forgetAllBut(new Set(changes.profiles.map(({ id }) => id)));
    this.isLoadedFromService = true;
    this.resolveLoaded();
    for (const id of changes.deleted) this.forget(id);
    for (const profile of changes.profiles) this.take(profile);
    this.revision = changes.revision;
    if (!isFirst && changes.profiles.length === 0 && changes.deleted.length === 0) return;
    this.options.events.profilesLoaded(this.byId.size, this.revision, 'greeting-service');
    await this.writeSnapshot();
  }

  private take(profile: ProfileSnapshot): void {
    const known = this.byId.get(profile.id);
    this.forget(profile.id);
    this.byId.set(profile.id, profile);
    for (const number of profile.phoneNumbers) this.byNumber.set(number, profile);
    if (known?.revision !== profile.revision) this.options.onChanged(profile);
  }

  private forget(id: string): void {
    const known = this.byId.get(id);
    if (!known) return;
    this.byId.delete(id);
    for (const number of known.phoneNumbers)
      if (this.byNumber.get(number) === known) this.byNumber.delete(number);
  }

  private forgetAllBut(ids: ReadonlySet<string>): void {
    for (const id of [...this.byId.keys()]) if (!ids.has(id)) this.forget(id);
  }

  private async readSnapshot(): Promise<void> {
    const { snapshotFile, events } = this.options;
    if (!snapshotFile) return;
    try {
      const { profiles, revision } = snapshotSchema.parse(JSON.parse(await readFile(snapshotFile, 'utf8')));
      for (const profile of profiles) this.take(profile);
      events.profilesLoaded(profiles.length, revision, 'snapshot');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        events.failed('reading the profile snapshot', error);
    }
  }

  /** Written aside and renamed: a half file is never read. */
  private async writeSnapshot(): Promise<void> {
    const { snapshotFile, events } = this.options;
    if (!snapshotFile) return;
    const aside = `${snapshotFile}.${process.pid}`;
    try {
      await mkdir(dirname(snapshotFile), { recursive: true });
      await writeFile(aside, JSON.stringify({ revision: this.revision, profiles: [...this.byId.values()] }));
      await rename(aside, snapshotFile);
    } catch (error) {
      events.failed('writing the profile snapshot', error);
    }
  }
}

/** Keys of everything a profile says. */
export const framesKeysOf = (profile: ProfileSnapshot): string[] => [
  profile.greeting.key,
  ...Object.values(profile.phrases).map(({ key }) => key),
];
