import { type EntityManager } from 'typeorm';

export interface AttemptContextRow {
  id: string;
  campaign_id: string;
  business_id: string;
  opening_line: string;
  opening_key: string | null;
  instructions: string;
  to_number: string;
  contact_name: string;
  /** Of the person, where the opening is personal. */
  contact_opening_text: string | null;
  contact_opening_key: string | null;
}

export const findAttemptContext = async (
  manager: EntityManager,
  attemptId: string,
): Promise<AttemptContextRow | undefined> => {
  const [row] = await manager.query<AttemptContextRow[]>(
    `SELECT attempt.id, attempt.campaign_id, attempt.business_id, campaign.opening_line, campaign.opening_key,
       campaign.instructions, attempt.to_number, contact.name AS contact_name,
       contact.opening_text AS contact_opening_text, contact.opening_key AS contact_opening_key
     FROM attempts AS attempt JOIN campaigns AS campaign ON campaign.id = attempt.campaign_id
       JOIN contacts AS contact ON contact.id = attempt.contact_id
     WHERE attempt.id = $1`,
    [attemptId],
  );
  return row;
};
