import { type ServiceTokenClaims } from '@frontdesk/contracts';

/** Whether the caller may see or change what belongs to a business; what belongs to none is for those who may all. */
export const mayAccessBusiness = (caller: ServiceTokenClaims, businessId: string | null): boolean =>
  caller.businessIds === '*' || (businessId !== null && caller.businessIds.includes(businessId));

/** For a filter in SQL: the businesses the caller may see, or null for all. */
export const visibleBusinesses = (caller: ServiceTokenClaims): readonly string[] | null =>
  caller.businessIds === '*' ? null : caller.businessIds;
