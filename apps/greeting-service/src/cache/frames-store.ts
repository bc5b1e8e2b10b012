import { type MadeFrames } from './claimed-synthesis';
import { type Frames, type FramesRequest } from './frames';

/** The durable level, shared by all replicas. `store/postgres-frames.ts` is the real one. */
export interface FramesStore {
  /** Frames made by one of this process's providers, with its model and pipeline; null when there are none. */
  load(key: string): Promise<Frames | null>;
  /** As `load`, those that there are, in any order. */
  loadMany(keys: readonly string[]): Promise<Frames[]>;
  /** Those of the keys that `load` would not find. */
  missing(keys: readonly string[]): Promise<ReadonlySet<string>>;
  /** True when this owner may now synthesize: nobody holds the key, or its holder's lease has run out. */
  claim(request: FramesRequest, owner: string): Promise<boolean>;
  /** Where the replica that holds the key's claim is reached; null when nobody does, or it did not say. */
  claimedAt(key: string): Promise<string | null>;
  /** Lengthens the lease; false when the claim is no longer this owner's. */
  renew(key: string, owner: string): Promise<boolean>;
  release(key: string, owner: string): Promise<void>;
  /** Stores frames and gives the claim back in one transaction; false, and nothing stored, when the claim was lost. */
  complete(request: FramesRequest, made: MadeFrames, owner: string): Promise<boolean>;
}

export interface LeaseTimes {
  /** After this long without renewal a claim may be taken over: a synthesizing replica that died holds up nobody longer. */
  readonly leaseMs: number;
  readonly renewMs: number;
  /** How often a replica that waits for another's synthesis looks. */
  readonly pollMs: number;
  /** How long it waits in all. */
  readonly waitMs: number;
}

export const defaultLeaseTimes: LeaseTimes = { leaseMs: 3000, renewMs: 1000, pollMs: 100, waitMs: 60_000 };
