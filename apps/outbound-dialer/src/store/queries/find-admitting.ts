import { type EntityManager } from 'typeorm';
import { aheadSeconds } from '../../scheduling/share';
import { type CampaignRow } from '../rows';
import { MOST_AHEAD } from './personal-openings';

export interface AdmittingCampaign extends CampaignRow {
  /** Attempts that hold a slot: published and not done. */
  moving: number;
  /** Of those, published and not claimed yet. */
  waiting: number;
}

/**
 * Running campaigns with something due: those of the business served longest ago first, and of these the one served longest
 * ago. One scheduler at a time may ask. Not those that wait for the openings of all who are next in line: they would take a
 * share and use none of it. And not those whose next ticket is further away: a job that waits for it holds up the others of
 * its partition (OU7).
 */
export const findAdmitting = (manager: EntityManager, openingWaitMs: number): Promise<AdmittingCampaign[]> =>
  manager.query(
    `SELECT campaign.*,
       (SELECT count(*)::int FROM attempts WHERE campaign_id = campaign.id
          AND state NOT IN ('planned', 'done')) AS moving,
       (SELECT count(*)::int FROM attempts WHERE campaign_id = campaign.id AND state = 'published') AS waiting
     FROM campaigns AS campaign
     WHERE campaign.state = 'running'
       AND (campaign.opening_key IS NOT NULL OR campaign.is_personal
         OR campaign.started_at < now() - $1 * interval '1 millisecond')
       AND CASE WHEN campaign.is_personal THEN EXISTS (
           SELECT 1 FROM (SELECT contact_id FROM attempts WHERE campaign_id = campaign.id
             AND state = 'planned' AND due_at <= now() ORDER BY due_at, id LIMIT ${MOST_AHEAD}) AS line
           JOIN contacts AS contact ON contact.id = line.contact_id
           WHERE contact.opening_is_ready
             OR contact.opening_asked_at <= now() - $1 * interval '1 millisecond')
         ELSE EXISTS (SELECT 1 FROM attempts WHERE campaign_id = campaign.id
           AND state = 'planned' AND due_at <= now()) END
       AND NOT EXISTS (SELECT 1 FROM pacing
         WHERE key IN ('account:' || campaign.account_sid, 'campaign:' || campaign.id)
           AND next_at > now() + ${aheadSeconds} * interval '1 second')
     ORDER BY max(campaign.admitted_at) OVER (PARTITION BY campaign.business_id), campaign.admitted_at LIMIT 500`,
    [openingWaitMs],
  );

export interface MovingOfBusiness {
  business_id: string;
  /** Attempts that hold a slot, over all campaigns of the business, paused and cancelled ones included. */
  moving: number;
  /** Of those, published and not claimed yet. */
  waiting: number;
}

export const countMoving = (manager: EntityManager): Promise<MovingOfBusiness[]> =>
  manager.query(
    `SELECT business_id, count(*)::int AS moving, (count(*) FILTER (WHERE state = 'published'))::int AS waiting
     FROM attempts WHERE state NOT IN ('planned', 'done') GROUP BY business_id`,
  );

/** True for the one scheduler that may admit now; held until the transaction ends. */
export const lockScheduling = async (manager: EntityManager): Promise<boolean> => {
  const [row] = await manager.query<{ taken: boolean }[]>(
    `SELECT pg_try_advisory_xact_lock(hashtext('frontdesk-dialer-scheduler:' || current_schema())) AS taken`,
  );
  return row?.taken ?? false;
};

export const noteAdmission = async (manager: EntityManager, campaignId: string): Promise<void> => {
  await manager.query('UPDATE campaigns SET admitted_at = clock_timestamp() WHERE id = $1', [campaignId]);
};
