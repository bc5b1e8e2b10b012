import { type EntityManager } from 'typeorm';

/** Of a business: what was set here, what its profile says, and what holds. Null: kept for good. */
export interface RetentionDays {
  readonly days: number | null;
  readonly profileDays: number | null;
  readonly inForceDays: number | null;
}

/** Of each business that has any; where both say something, the longer holds. */
export const RETENTION_IN_FORCE = `SELECT business_id, retention.days, profile.days AS profile_days,
    GREATEST(retention.days, profile.days) AS in_force_days
  FROM retention FULL JOIN profile_retention AS profile USING (business_id)`;

export const retentionDaysOf = async (manager: EntityManager, businessId: string): Promise<RetentionDays> => {
  const [row] = await manager.query<RetentionDays[]>(
    `SELECT days, profile_days AS "profileDays", in_force_days AS "inForceDays"
     FROM (${RETENTION_IN_FORCE}) AS known WHERE business_id = $1`,
    [businessId],
  );
  return row ?? { days: null, profileDays: null, inForceDays: null };
};
