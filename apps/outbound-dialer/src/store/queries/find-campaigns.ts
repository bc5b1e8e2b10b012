import { type EntityManager } from 'typeorm';
import { type CampaignRow } from '../rows';

/** Businesses the caller may see; null for all. */
export type Visible = readonly string[] | null;

export const findCampaign = async (
  manager: EntityManager,
  id: string,
  visible: Visible,
): Promise<CampaignRow | undefined> => {
  const [row] = await manager.query<CampaignRow[]>(
    'SELECT * FROM campaigns WHERE id = $1 AND ($2::uuid[] IS NULL OR business_id = ANY($2))',
    [id, visible],
  );
  return row;
};

/** Newest first. */
export const findCampaigns = (
  manager: EntityManager,
  businessId: string | null,
  visible: Visible,
): Promise<CampaignRow[]> =>
  manager.query(
    `SELECT * FROM campaigns WHERE ($1::uuid IS NULL OR business_id = $1)
       AND ($2::uuid[] IS NULL OR business_id = ANY($2)) ORDER BY created_at DESC, id DESC LIMIT 1000`,
    [businessId, visible],
  );
