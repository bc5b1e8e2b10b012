import { type EntityManager } from 'typeorm';
import { type FramesRequest } from '../cache/frames';
import { findProfile } from '../store/queries/find-profiles';
import { findWantedByKey } from '../store/queries/wanted-frames';
import { planOf, type ProfileDefaults } from './profile-shape';
import { requestsOf } from './speech-plan';

/** What a key stands for: something that the business says now, or that somebody asked for. Null for everything else. */
export const findRequest = async (
  manager: EntityManager,
  { key, businessId }: { key: string; businessId: string },
  defaults: ProfileDefaults,
): Promise<FramesRequest | null> => {
  const profile = await findProfile(manager, businessId, '*');
  if (!profile) return null;
  const said = requestsOf(planOf(profile, defaults)).find((request) => request.key === key);
  return said ?? (await findWantedByKey(manager, key, businessId));
};
