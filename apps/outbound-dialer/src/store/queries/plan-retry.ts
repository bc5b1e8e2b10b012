import { newId } from '@frontdesk/runtime';
import { type EntityManager } from 'typeorm';
import { type AttemptRow } from '../rows';

/** Plans the contact's next attempt, if the campaign allows one more and still runs or is paused. */
export const planRetry = async (manager: EntityManager, after: AttemptRow): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO attempts (id, campaign_id, contact_id, business_id, account_sid, from_number, to_number,
       number, due_at)
     SELECT $1, attempt.campaign_id, attempt.contact_id, attempt.business_id, attempt.account_sid,
       attempt.from_number, attempt.to_number, attempt.number + 1,
       now() + campaign.retry_delay_seconds * interval '1 second'
     FROM attempts AS attempt JOIN campaigns AS campaign ON campaign.id = attempt.campaign_id
     WHERE attempt.id = $2 AND attempt.number < campaign.max_attempts AND campaign.state IN ('running', 'paused')
     ON CONFLICT (contact_id, number) DO NOTHING RETURNING 1`,
    [newId(), after.id],
  );
  return rows.length > 0;
};
