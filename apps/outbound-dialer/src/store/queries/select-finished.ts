import { type EntityManager } from 'typeorm';

/** Running campaigns none of whose contacts is open. */
export const selectFinished = async (manager: EntityManager): Promise<string[]> => {
  const rows = await manager.query<{ id: string }[]>(
    `SELECT id FROM campaigns AS campaign WHERE state = 'running'
       AND NOT EXISTS (SELECT 1 FROM contacts WHERE campaign_id = campaign.id AND outcome IS NULL)`,
  );
  return rows.map(({ id }) => id);
};
