import { type EntityManager } from 'typeorm';
import { updated, type CampaignRow, type CampaignState } from '../rows';

/** Moves a campaign if it is in one of the states; undefined when it is not. */
export const moveCampaign = async (
  manager: EntityManager,
  id: string,
  from: readonly CampaignState[],
  to: CampaignState,
  reason: string | null,
): Promise<CampaignRow | undefined> => {
  const [row] = await updated<CampaignRow>(
    manager,
    `UPDATE campaigns SET state = $3, state_reason = $4,
       started_at = CASE WHEN $3 = 'running' THEN coalesce(started_at, now()) ELSE started_at END,
       resumed_at = CASE WHEN $3 = 'running' THEN now() ELSE resumed_at END
     WHERE id = $1 AND state = ANY($2) RETURNING *`,
    [id, from, to, reason],
  );
  return row;
};
