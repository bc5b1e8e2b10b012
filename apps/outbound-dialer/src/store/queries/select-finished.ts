import { type EntityManager } from 'typeorm';

const hasNoneOpen = `NOT EXISTS (SELECT 1 FROM contacts WHERE campaign_id = campaign.id AND outcome IS NULL)`;

/** Running campaigns none of whose contacts is open. */
export const selectFinished = async (manager: EntityManager): Promise<string[]> => {
  const rows = await manager.query<{ id: string }[]>(
    `SELECT id FROM campaigns AS campaign WHERE state = 'running' AND ${hasNoneOpen}`,
  );
  return rows.map(({ id }) => id);
};

/** Whether that still holds for one of them. */
export const isFinished = async (manager: EntityManager, campaignId: string): Promise<boolean> => {
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM campaigns AS campaign WHERE id = $1 AND ${hasNoneOpen}`,
    [campaignId],
  );
  return rows.length > 0;
};
