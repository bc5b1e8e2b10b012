import { type Database } from '@frontdesk/persistence';
import { type ProfileEntity } from '../store/entities/profile';
import { findProfilesSince, latestRevision } from '../store/queries/find-profiles';

/** Profiles in memory at once. */
const PAGE_PROFILES = 100;

export interface ProfileFollowerOptions {
  database: Database;
  /** How often to look when nobody pokes. */
  intervalMs: number;
  /** Runs until it succeeded once, before the first look. */
  prepare: () => Promise<unknown>;
  /** Every profile once after the start, then each that changed on any replica; tombstones too. */
  onChanged: (profile: ProfileEntity) => Promise<void>;
  /** After each look. */
  onLooked?: () => Promise<void>;
  onFailed: (error: unknown) => void;
}

/**
 * Keeps this replica true to the profiles in Postgres, whoever changed them: by their revision, so that nothing is missed
 * after an outage. Needs no Kafka: a greeting must be warm even while the broker is away.
 */
export class ProfileFollower implements AsyncDisposable {
  private seen = 0;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isPrepared = false;
  private isPoked = false;
  private hasFailed = false;
  private isDisposed = false;

  private constructor(private readonly options: ProfileFollowerOptions) {}

  static start(options: ProfileFollowerOptions): ProfileFollower {
    const follower = new ProfileFollower(options);
    follower.poke();
    return follower;
  }

  /** Look now: something was changed on this replica. */
  poke(): void {
    if (this.isDisposed || this.isPoked) return;
    this.isPoked = true;
    clearTimeout(this.timer);
    this.running = this.running.then(() => this.look());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private async look(): Promise<void> {
    this.isPoked = false;
    try {
      if (!this.isPrepared) await this.options.prepare();
      this.isPrepared = true;
      await this.catchUp();
      if (!this.isDisposed) await this.options.onLooked?.();
      this.hasFailed = false;
    } catch (error) {
      // An outage is told once, not every second.
      if (!this.hasFailed) this.options.onFailed(error);
      this.hasFailed = true;
    }
    if (!this.isDisposed && !this.isPoked)
      this.timer = setTimeout(() => this.poke(), this.options.intervalMs);
  }

  private async catchUp(): Promise<void> {
    const { database, onChanged } = this.options;
    const { manager } = database.dataSource;
    while (!this.isDisposed) {
      const page = await findProfilesSince(manager, this.seen, PAGE_PROFILES);
      for (const profile of page) {
        if (this.isDisposed) return;
        await onChanged(profile);
        this.seen = profile.revision;
      }
      if (page.length > 0) continue;
      if ((await latestRevision(manager)) >= this.seen) return;
      // The database was restored from a backup: revisions that were seen may never have been.
      this.seen = 0;
    }
  }
}
