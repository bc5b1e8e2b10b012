import { type MadeFrames } from '../src/cache/claimed-synthesis';
import { type Frames, type FramesRequest } from '../src/cache/frames';
import { type FramesStore } from '../src/cache/frames-store';

/** The durable level as an object: several caches over one of these are several replicas over one database. */
export class MemoryFramesStore implements FramesStore {
  readonly stored = new Map<string, Frames>();
  readonly claims = new Map<string, { owner: string; expiresAt: number }>();
  loads = 0;
  claimsTried = 0;

  constructor(
    private readonly leaseMs = 1000,
    private readonly now: () => number = () => performance.now(),
  ) {}

  load(key: string): Promise<Frames | null> {
    this.loads += 1;
    return Promise.resolve(this.stored.get(key) ?? null);
  }

  loadMany(keys: readonly string[]): Promise<Frames[]> {
    return Promise.resolve(keys.flatMap((key) => this.stored.get(key) ?? []));
  }

  missing(keys: readonly string[]): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(keys.filter((key) => !this.stored.has(key))));
  }

  claim({ key }: FramesRequest, owner: string): Promise<boolean> {
    this.claimsTried += 1;
    const held = this.claims.get(key);
    if (held && held.expiresAt > this.now()) return Promise.resolve(false);
    this.claims.set(key, { owner, expiresAt: this.now() + this.leaseMs });
    return Promise.resolve(true);
  }

  /** Its owner's name stands for its address. */
  claimedAt(key: string): Promise<string | null> {
    const held = this.claims.get(key);
    return Promise.resolve(held && held.expiresAt > this.now() ? held.owner.split(':')[0]! : null);
  }

  renew(key: string, owner: string): Promise<boolean> {
    const isMine = this.claims.get(key)?.owner === owner;
    if (isMine) this.claims.set(key, { owner, expiresAt: this.now() + this.leaseMs });
    return Promise.resolve(isMine);
  }

  release(key: string, owner: string): Promise<void> {
    if (this.claims.get(key)?.owner === owner) this.claims.delete(key);
    return Promise.resolve();
  }

  complete(request: FramesRequest, made: MadeFrames, owner: string): Promise<boolean> {
    if (this.claims.get(request.key)?.owner !== owner) return Promise.resolve(false);
    this.claims.delete(request.key);
    this.stored.set(request.key, { ...request, ...made });
    return Promise.resolve(true);
  }
}
