import { type ServiceTokenClaims } from '@frontdesk/contracts';
import { type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { ProfileEntity } from '../entities/profile';

/** Businesses the caller may see: all, or those of the list. */
export type Visible = ServiceTokenClaims['businessIds'];

/** Profiles the caller may see, by name. */
export const findProfiles = (manager: EntityManager, visible: Visible): Promise<ProfileEntity[]> =>
  visibleProfiles(manager, visible).orderBy('profile.name').addOrderBy('profile.id').getMany();

/** One profile, or null when there is none that the caller may see. */
export const findProfile = (
  manager: EntityManager,
  id: string,
  visible: Visible,
): Promise<ProfileEntity | null> =>
  visibleProfiles(manager, visible).andWhere('profile.id = :id', { id }).getOne();

/**
 * What changed after a revision, tombstones included, in the order of their revisions, at most so many. One statement,
 * which typeorm's `take` is not: a profile saved between two would end the page with a revision that leaves others out.
 */
export const findProfilesSince = (
  manager: EntityManager,
  revision: number,
  limit?: number,
): Promise<ProfileEntity[]> => {
  const page = manager
    .createQueryBuilder(ProfileEntity, 'paged')
    .select('paged.id')
    .where('paged.revision > :revision')
    .orderBy('paged.revision')
    .limit(limit);
  return withNumbers(manager)
    .where(`profile.id IN (${page.getQuery()})`, { revision })
    .orderBy('profile.revision')
    .addOrderBy('phone_number.position')
    .getMany();
};

/** The newest revision; 0 before the first profile. */
export const latestRevision = async (manager: EntityManager): Promise<number> => {
  const [row] = await manager.query<{ revision: string | null }[]>(
    'SELECT max(revision) AS revision FROM profiles',
  );
  return Number(row?.revision ?? 0);
};

const visibleProfiles = (manager: EntityManager, visible: Visible): SelectQueryBuilder<ProfileEntity> => {
  const query = withNumbers(manager).where('profile.deleted_at IS NULL');
  return visible === '*' ? query : query.andWhere('profile.id = ANY(:visible)', { visible });
};

const withNumbers = (manager: EntityManager): SelectQueryBuilder<ProfileEntity> =>
  manager
    .createQueryBuilder(ProfileEntity, 'profile')
    .leftJoinAndSelect('profile.phoneNumbers', 'phone_number');
