import { type DialOutcome } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';

export const finishContact = async (
  manager: EntityManager,
  contactId: string,
  outcome: DialOutcome,
): Promise<void> => {
  await manager.query('UPDATE contacts SET outcome = $2 WHERE id = $1 AND outcome IS NULL', [
    contactId,
    outcome,
  ]);
};
