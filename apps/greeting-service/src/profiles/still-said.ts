import { type EntityManager } from 'typeorm';
import { type FramesRequest } from '../cache/frames';
import { holdProfile } from '../store/queries/hold-profile';
import { planOf, type ProfileDefaults } from './profile-shape';

/**
 * Whether these frames may still be stored: the business exists, and a greeting is the one that it has now. A synthesis of
 * an old text may have begun after the save that outdated it, on a replica that had not heard of it. Holds until the end
 * of the transaction.
 */
export const isStillSaid = async (
  manager: EntityManager,
  { businessId, pool, key }: Pick<FramesRequest, 'businessId' | 'pool' | 'key'>,
  defaults: ProfileDefaults,
): Promise<boolean> => {
  const profile = await holdProfile(manager, businessId);
  if (!profile) return false;
  return pool !== 'greeting' || planOf(profile, defaults).greeting.key === key;
};
