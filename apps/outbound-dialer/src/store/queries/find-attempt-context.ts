import { type EntityManager } from 'typeorm';

export interface AttemptContextRow {
  id: string;
  campaign_id: string;
  business_id: string;
  opening_line: string;
  opening_key: string | null;
  instructions: string;
  to_number: string;
}

export const findAttemptContext = async (
  manager: EntityManager,
  attemptId: string,
): Promise<AttemptContextRow | undefined> => {
  const [row] = await manager.query<AttemptContextRow[]>(
    `SELECT attempt.id, attempt.campaign_id, attempt.business_id, campaign.opening_line, campaign.opening_key,
       campaign.instructions, attempt.to_number
     FROM attempts AS attempt JOIN campaigns AS campaign ON campaign.id = attempt.campaign_id
     WHERE attempt.id = $1`,
    [attemptId],
  );
  return row;
};
