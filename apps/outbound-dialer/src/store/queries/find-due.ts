import { type EntityManager } from 'typeorm';
import { type ContactFacts } from '../../compliance/may-dial';
import { type AttemptRow, type CampaignRow } from '../rows';
import { contactFacts } from './contact-facts';
import { MOST_AHEAD } from './personal-openings';

/**
 * Planned attempts whose time has come, locked for this transaction. Where openings are personal, those whose opening is
 * there, or has been waited for: of the first in line, for whom alone openings are asked for.
 */
export const findDue = (
  manager: EntityManager,
  { id, is_personal: isPersonal }: Pick<CampaignRow, 'id' | 'is_personal'>,
  openingWaitMs: number,
  limit: number,
): Promise<(AttemptRow & ContactFacts)[]> =>
  manager.query(
    `SELECT attempt.*, ${contactFacts}
     FROM attempts AS attempt JOIN contacts AS contact ON contact.id = attempt.contact_id
     WHERE attempt.campaign_id = $1 AND attempt.state = 'planned' AND attempt.due_at <= now()
       AND (NOT $3 OR (
         (contact.opening_is_ready OR contact.opening_asked_at <= now() - $4 * interval '1 millisecond')
         AND attempt.id IN (SELECT id FROM attempts WHERE campaign_id = $1 AND state = 'planned'
           AND due_at <= now() ORDER BY due_at, id LIMIT ${MOST_AHEAD})))
     ORDER BY attempt.due_at, attempt.id LIMIT $2
     FOR UPDATE OF attempt SKIP LOCKED`,
    [id, limit, isPersonal, openingWaitMs],
  );
