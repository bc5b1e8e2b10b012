import { type ProfileSnapshot } from '@frontdesk/contracts';
import { withTimeout } from '@frontdesk/runtime';
import { type GatewayEvents } from '../events';
import { ProfileSnapshotFile } from './profile-snapshot-file';

/** Kafka's hint comes first as a rule; this is how late a change is without it. */
const POLL_MS = 5000;
/** Profiles asked for at once: an answer of this size is read and checked in well under a millisecond. */
export const PAGE_PROFILES = 10;
/** With 20 kB of instructions each this is 400 MB; past it a business is looked up by nobody and gets the default. */
export const MAX_PROFILES = 20_000;

export interface ProfileChanges {
  readonly revision: number;
  readonly profiles: readonly ProfileSnapshot[];
  readonly deleted: readonly string[];
  /** There is more behind this page. */
  readonly more?: boolean | undefined;
}

export interface ProfileStoreOptions {
  /** Asks greeting-service for what changed after a revision, in the order of revisions, at most so many. */
  readonly fetchSince: (revision: number, limit: number) => Promise<ProfileChanges>;
  /** Where the copy is kept; undefined for none. */
  readonly snapshotFile: string | undefined;
  readonly events: GatewayEvents;
  /** Told of each profile that is new or changed. */
  readonly onChanged: (profile: ProfileSnapshot) => void;
  /** Default {@link MAX_PROFILES}. */
  readonly maxProfiles?: number;
}

/**
 * This replica's own copy of all profiles: no look-up stands between a webhook and its answer. The revision number of
 * greeting-service is the truth, asked for every 5 s and on a hint, so that a hint that was missed is made good; a copy
 * on disk serves a start without it. Whoever needs to know better than the copy asks together: one request is on its
 * way, and at most one waits behind it.
 */
export class ProfileStore implements AsyncDisposable {
  private readonly byId = new Map<string, ProfileSnapshot>();
  private readonly byNumber = new Map<string, ProfileSnapshot>();
  private readonly file: ProfileSnapshotFile | null;
  private readonly maxProfiles: number;
  private revision = 0;
  /** Of what is here, greeting-service said all; false for a copy from disk, which may be of another database. */
  private isTrusted = false;
  /** Something arrived that the copy on disk does not have. */
  private isChanged = false;
  private isDisposed = false;
  private running: Promise<void> | null = null;
  private next: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private resolveLoaded: () => void = () => undefined;
  private readonly loaded = new Promise<void>((resolve) => (this.resolveLoaded = resolve));

  constructor(private readonly options: ProfileStoreOptions) {
    const { snapshotFile, events, maxProfiles = MAX_PROFILES } = options;
    this.maxProfiles = maxProfiles;
    this.file = snapshotFile
      ? new ProfileSnapshotFile(snapshotFile, (error) => events.failed('the profile snapshot', error))
      : null;
  }

  /** Reads the copy on disk and begins to ask. */
  async start(): Promise<void> {
    const saved = await this.file?.read();
    if (saved) {
      for (const profile of saved.profiles) this.take(profile);
      this.options.events.profilesLoaded(this.byId.size, saved.revision, 'snapshot');
    }
    void this.poll();
  }

  get size(): number {
    return this.byId.size;
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
    if (this.isDisposed) return;
    this.refresh().catch((error: unknown) => this.options.events.profilesUnavailable(error));
  }

  /** What is being written of the copy on disk is finished. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.timer);
    await this.file?.settled();
  }

  private async poll(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      this.options.events.profilesUnavailable(error);
    }
    if (!this.isDisposed) this.timer = setTimeout(() => void this.poll(), POLL_MS);
  }

  /** An answer to a question asked after this call: one that is already on its way may be too old. */
  private refresh(): Promise<void> {
    if (!this.running) {
      this.running = this.askAll().finally(() => (this.running = null));
      return this.running;
    }
    this.next ??= this.running
      .catch(() => undefined)
      .then(() => {
        this.next = null;
        return this.refresh();
      });
    return this.next;
  }

  /** Page by page, until greeting-service has no more. */
  private async askAll(): Promise<void> {
    const seen = this.isTrusted ? null : new Set<string>();
    let since = seen ? 0 : this.revision;
    for (;;) {
      const changes = await this.options.fetchSince(since, PAGE_PROFILES);
      if (changes.revision < since) {
        // Its database was restored from a backup: what is here may never have been (a revision only grows).
        this.isTrusted = false;
        return this.askAll();
      }
      for (const id of changes.deleted) this.forget(id);
      for (const profile of changes.profiles) {
        seen?.add(profile.id);
        this.take(profile);
      }
      since = changes.revision;
      if (changes.profiles.length + changes.deleted.length > 0) this.isChanged = true;
      if (!changes.more) break;
    }
    if (seen) this.forgetAllBut(seen);
    this.revision = since;
    this.tell(seen !== null);
  }

  private tell(isFirst: boolean): void {
    this.isTrusted = true;
    this.resolveLoaded();
    if (!isFirst && !this.isChanged) return;
    this.isChanged = false;
    this.options.events.profilesLoaded(this.byId.size, this.revision, 'greeting-service');
    void this.file?.save(() => ({ revision: this.revision, profiles: [...this.byId.values()] }));
  }

  private take(profile: ProfileSnapshot): void {
    const known = this.byId.get(profile.id);
    if (!known && this.byId.size >= this.maxProfiles)
      return this.options.events.failed('keeping a profile', new Error(`there are ${this.maxProfiles}`));
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
}

/** Keys of everything a profile says. */
export const framesKeysOf = (profile: ProfileSnapshot): string[] => [
  profile.greeting.key,
  ...Object.values(profile.phrases).map(({ key }) => key),
];
