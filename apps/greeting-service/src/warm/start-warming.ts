import { type Database } from '@frontdesk/persistence';
import { type FramesRequest } from '../cache/frames';
import { type FramesCache } from '../cache/frames-cache';
import { type FramesStore } from '../cache/frames-store';
import { type MemoryFrames } from '../cache/memory-frames';
import { type GreetingEvents } from '../events';
import { NothingToSpeakError } from '../pipeline/synthesis-error';
import { mendFingerprints } from '../profiles/mend-fingerprints';
import { planOf, type ProfileDefaults } from '../profiles/profile-shape';
import { requestsOf } from '../profiles/speech-plan';
import { type ProfileEntity } from '../store/entities/profile';
import { ProfileFollower } from './profile-follower';
import { Warmer } from './warmer';

export interface WarmingOptions {
  database: Database;
  memory: MemoryFrames;
  store: FramesStore;
  cache: FramesCache;
  events: GreetingEvents;
  defaults: ProfileDefaults;
  warmConcurrency: number;
  followMs: number;
}

export interface Warming extends AsyncDisposable {
  /** Something changed on this replica: look now. */
  poke(campaignRequests?: readonly FramesRequest[]): void;
}

/**
 * Follows the profiles, from the first to each change on any replica, and sees to it that what they say exists as frames
 * and that what they no longer say is forgotten. Every replica does so; the claims share out the work.
 */
export const startWarming = (options: WarmingOptions): Warming => {
  const { database, memory, store, cache, events, defaults } = options;
  const warmer = new Warmer({
    ensure: (request, signal) => cache.ensure(request, signal),
    concurrency: options.warmConcurrency,
    onFailed: (request, failures, retryInMs, error) => events.warmFailed(request, failures, retryInMs, error),
    isHopeless: (error) => error instanceof NothingToSpeakError,
  });
  const missingOf = async (profile: ProfileEntity): Promise<readonly FramesRequest[]> => {
    if (profile.deletedAt) return [];
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
      warmer.want(profile.id, await missingOf(profile));
    },
    onFailed: (error) => events.followFailed(error),
  });
  return {
    poke(campaignRequests = []) {
      for (const request of campaignRequests) warmer.add(request);
      follower.poke();
    },
    async [Symbol.asyncDispose]() {
      await follower[Symbol.asyncDispose]();
      await warmer[Symbol.asyncDispose]();
    },
  };
};
