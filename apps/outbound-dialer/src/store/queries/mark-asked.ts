import { type EntityManager } from 'typeorm';
import { type AttemptRow } from '../rows';
import { moveAttempt } from './move-attempt';

/**
 * claimed → asked: committed before Twilio is asked, so that a crash from here on leaves an attempt to reconcile. Not when
 * the campaign was paused or cancelled, or the person opted out, since the claim.
 */
export const markAsked = (
  manager: EntityManager,
  { id, fence }: Pick<AttemptRow, 'id' | 'fence'>,
): Promise<AttemptRow | undefined> =>
  moveAttempt(
    manager,
    `UPDATE attempts SET state = 'asked', asked_at = clock_timestamp(), changed_at = now()
     WHERE id = $1 AND fence = $2 AND state = 'claimed' AND lease_until > clock_timestamp()
       AND EXISTS (SELECT 1 FROM campaigns WHERE id = attempts.campaign_id AND state = 'running')
       AND NOT EXISTS (SELECT 1 FROM do_not_call AS entry WHERE entry.number = attempts.to_number
         AND (entry.business_id IS NULL OR entry.business_id = attempts.business_id))
    `,
    [id, fence],
  );
