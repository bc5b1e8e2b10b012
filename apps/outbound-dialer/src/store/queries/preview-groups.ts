import { type EntityManager } from 'typeorm';

/** Contacts of a campaign that are alike in all that decides whether they may be called. */
export interface PreviewGroup {
  readonly contact_time_zone: string | null;
  readonly contact_country: string | null;
  readonly consent: boolean;
  readonly is_on_do_not_call: boolean;
  readonly asked_lately: readonly Date[];
  readonly contacts: number;
}

/** Open contacts in groups; when they were called lately counts to the hour, so that the groups stay few. */
export const previewGroups = (manager: EntityManager, campaignId: string): Promise<PreviewGroup[]> =>
  manager.query(
    `SELECT contact.time_zone AS contact_time_zone, contact.country AS contact_country, contact.consent,
       EXISTS (SELECT 1 FROM do_not_call AS entry WHERE entry.number = contact.number
         AND (entry.business_id IS NULL OR entry.business_id = campaign.business_id)) AS is_on_do_not_call,
       ARRAY(SELECT date_trunc('hour', asked_at) FROM attempts AS earlier
         WHERE earlier.business_id = campaign.business_id
           AND earlier.to_number = contact.number AND earlier.asked_at > now() - interval '2 days'
         ORDER BY asked_at) AS asked_lately,
       count(*)::int AS contacts
     FROM contacts AS contact JOIN campaigns AS campaign ON campaign.id = contact.campaign_id
     WHERE contact.campaign_id = $1 AND contact.outcome IS NULL
     GROUP BY 1, 2, 3, 4, 5`,
    [campaignId],
  );
