import { type Database } from '@frontdesk/persistence';
import { type FramesRequest } from '../cache/frames';
import { type FramesCache } from '../cache/frames-cache';
import { type FramesStore } from '../cache/frames-store';
import { type MemoryFrames } from '../cache/memory-frames';
import { type GreetingEvents } from '../events';
import { isHopeless } from '../pipeline/synthesis-error';
import { mendFingerprints } from '../profiles/mend-fingerprints';
import { planOf, type ProfileDefaults } from '../profiles/profile-shape';
import { requestsOf } from '../profiles/speech-plan';
import { type ProfileEntity } from '../store/entities/profile';
import { findWanted, forgetWanted, type CurrentFrames } from '../store/queries/wanted-frames';
import { ProfileFollower } from './profile-follower';
import { Warmer } from './warmer';

/** With so many in hand no more of what was asked for is taken up until some are made or given up. */
const MAX_IN_HAND = 5000;

export interface WarmingOptions {
  database: Database;
  memory: MemoryFrames;
  store: FramesStore;
  current: CurrentFrames;
  cache: FramesCache;
  events: GreetingEvents;
  defaults: ProfileDefaults;
  warmConcurrency: number;
  followMs: number;
}

export interface Warming extends AsyncDisposable {
  /** Something changed on this replica: look now. */
  poke(): void;
  /** Texts that wait to be synthesized, or are. */
  readonly pending: number;
}

/**
 * Follows the profiles, from the first to each change on any replica, and sees to it that what they say, and what else
 * was asked for, exists as frames, and that what they no longer say is forgotten. Every replica does so; the claims share
 * out the work.
 */
export const startWarming = (options: WarmingOptions): Warming => {
  const { database, memory, store, current, cache, events, defaults } = options;
  const { manager } = database.dataSource;
  const warmer = new Warmer({
    ensure: (request, signal) => cache.ensure(request, signal),
    concurrency: options.warmConcurrency,
    onFailed: (request, failures, retryInMs, error) => events.warmFailed(request, failures, retryInMs, error),
    isHopeless,
    // Else it would be taken up again for days.
    onHopeless: ({ key }) => void forgetWanted(manager, key).catch(() => undefined),
  });
  const missingOf = async (profile: ProfileEntity): Promise<readonly FramesRequest[]> => {
    const requests = requestsOf(planOf(profile, defaults));
    const missing = await store.missing(requests.map(({ key }) => key));
    return requests.filter(({ key }) => missing.has(key));
  };
  const follower = ProfileFollower.start({
    database,
    intervalMs: options.followMs,
    prepare: () => mendFingerprints(database, defaults),
    onChanged: async (profile) => {
      memory.dropBusiness(profile.id);
      if (profile.deletedAt) warmer.drop(profile.id);
      else warmer.want(profile.id, await missingOf(profile));
    },
    onLooked: async () => {
      if (warmer.pending >= MAX_IN_HAND) return;
      // Shuffled, so that replicas do not all wait for the same one.
      for (const request of shuffled(await findWanted(manager, current, warmer.keys))) warmer.add(request);
    },
    onFailed: (error) => events.followFailed(error),
  });
  return {
    poke: () => follower.poke(),
    get pending() {
      return warmer.pending;
    },
    async [Symbol.asyncDispose]() {
      await follower[Symbol.asyncDispose]();
      await warmer[Symbol.asyncDispose]();
    },
  };
};

const shuffled = <T>(items: readonly T[]): T[] =>
  items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
