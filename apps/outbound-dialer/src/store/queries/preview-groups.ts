import { type EntityManager } from 'typeorm';
import { type ContactFacts } from '../../compliance/may-dial';

/** Contacts of a campaign that are alike in all that decides whether they may be called. */
export interface PreviewGroup extends ContactFacts {
  readonly contacts: number;
}

/** Contacts of one page. */
const pageSize = 5000;

/**
 * Open contacts in groups, a page of contacts after the other in the order of upload; when they were called lately counts
 * to the hour, so that the groups stay few.
 */
export async function* previewGroups(
  manager: EntityManager,
  campaignId: string,
  size = pageSize,
): AsyncGenerator<readonly PreviewGroup[]> {
  for (let after: string | null = null; ;) {
    const groups: (PreviewGroup & { last: string })[] = await manager.query(
      `WITH page AS (
         SELECT contact.*, campaign.business_id FROM contacts AS contact
         JOIN campaigns AS campaign ON campaign.id = contact.campaign_id
         WHERE contact.campaign_id = $1 AND contact.outcome IS NULL AND ($2::uuid IS NULL OR contact.id > $2)
         ORDER BY contact.id LIMIT $3)
       SELECT page.time_zone AS contact_time_zone, page.country AS contact_country,
         CASE WHEN coalesce(page.time_zone, page.country) IS NULL THEN page.number END AS contact_number, page.consent,
         EXISTS (SELECT 1 FROM do_not_call AS entry WHERE entry.number = page.number
           AND (entry.business_id IS NULL OR entry.business_id = page.business_id)) AS is_on_do_not_call,
         ARRAY(SELECT date_trunc('hour', asked_at) FROM attempts AS earlier
           WHERE earlier.business_id = page.business_id
             AND earlier.to_number = page.number AND earlier.asked_at > now() - interval '2 days'
           ORDER BY asked_at) AS asked_lately,
         count(*)::int AS contacts, max(page.id::text) AS last
       FROM page GROUP BY 1, 2, 3, 4, 5, 6`,
      [campaignId, after, size],
    );
    yield groups;
    if (groups.reduce((sum, { contacts }) => sum + contacts, 0) < size) return;
    after = groups.map(({ last }) => last).reduce((one, other) => (one > other ? one : other));
  }
}
