import { type EntityManager } from 'typeorm';
import { type ContactFacts } from '../../compliance/may-dial';
import { type AttemptRow, type CampaignRow } from '../rows';
import { contactFacts } from './contact-facts';

export type JobRow = AttemptRow & ContactFacts & { campaign: CampaignRow };

/** The attempt of a job, locked, with fresh facts about its contact and campaign. */
export const lockJob = async (manager: EntityManager, attemptId: string): Promise<JobRow | undefined> => {
  const [row] = await manager.query<JobRow[]>(
    `SELECT attempt.*, ${contactFacts}, to_jsonb(campaign.*) AS campaign
     FROM attempts AS attempt
     JOIN contacts AS contact ON contact.id = attempt.contact_id
     JOIN campaigns AS campaign ON campaign.id = attempt.campaign_id
     WHERE attempt.id = $1 FOR UPDATE OF attempt`,
    [attemptId],
  );
  return row;
};
