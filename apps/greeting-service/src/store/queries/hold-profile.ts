import { type EntityManager, IsNull } from 'typeorm';
import { ProfileEntity } from '../entities/profile';

/**
 * The profile, which stays as it is until this transaction ends; null when the business does not exist (any more). Ask
 * before touching its claims and frames: a save locks in this order.
 */
export const holdProfile = (manager: EntityManager, id: string): Promise<ProfileEntity | null> =>
  manager.findOne(ProfileEntity, { where: { id, deletedAt: IsNull() }, lock: { mode: 'pessimistic_read' } });
