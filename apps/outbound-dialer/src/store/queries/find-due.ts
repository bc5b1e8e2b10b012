import { type EntityManager } from 'typeorm';
import { type ContactFacts } from '../../compliance/may-dial';
import { type AttemptRow } from '../rows';
import { contactFacts } from './contact-facts';

/** Planned attempts whose time has come, locked for this transaction. */
export const findDue = (
  manager: EntityManager,
  campaignId: string,
  limit: number,
): Promise<(AttemptRow & ContactFacts)[]> =>
  manager.query(
    `SELECT attempt.*, ${contactFacts}
     FROM attempts AS attempt JOIN contacts AS contact ON contact.id = attempt.contact_id
     WHERE attempt.campaign_id = $1 AND attempt.state = 'planned' AND attempt.due_at <= now()
     ORDER BY attempt.due_at, attempt.id LIMIT $2
     FOR UPDATE OF attempt SKIP LOCKED`,
    [campaignId, limit],
  );
