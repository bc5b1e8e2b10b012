import { getRetention, putRetention, type ServiceTokenClaims } from '@frontdesk/contracts';
import { HttpProblem, mayAccessBusiness, type ServiceRouter } from '@frontdesk/http';
import { type Parts } from '../../parts';
import { retentionDaysOf } from '../../store/queries/retention-days';

/** How long the data of a business is kept, beside what its profile says: off (null) until it is set. */
export const serveRetention = (router: ServiceRouter, { database }: Parts): void => {
  const assertMay = (caller: ServiceTokenClaims, businessId: string): void => {
    if (!mayAccessBusiness(caller, businessId)) throw new HttpProblem(404, 'There is no such business');
  };
  router.handle(getRetention, async ({ params: { businessId }, caller }) => {
    assertMay(caller, businessId);
    return { businessId, ...(await retentionDaysOf(database.dataSource.manager, businessId)) };
  });
  router.handle(putRetention, async ({ params: { businessId }, body: { days }, caller }) => {
    assertMay(caller, businessId);
    const { manager } = database.dataSource;
    if (days === null) await manager.query('DELETE FROM retention WHERE business_id = $1', [businessId]);
    else
      await manager.query(
        `INSERT INTO retention (business_id, days) VALUES ($1, $2)
         ON CONFLICT (business_id) DO UPDATE SET days = excluded.days, updated_at = now()`,
        [businessId, days],
      );
    return { businessId, ...(await retentionDaysOf(manager, businessId)) };
  });
};
