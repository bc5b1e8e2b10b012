import { type ServiceTokenClaims } from '@frontdesk/contracts';
import { HttpProblem, visibleBusinesses } from '@frontdesk/http';
import { type EntityManager } from 'typeorm';
import { findCampaign } from '../store/queries/find-campaigns';
import { type CampaignRow } from '../store/rows';

/** The campaign, if the caller may see it; a campaign of another business looks as if it did not exist. */
export const visibleCampaign = async (
  manager: EntityManager,
  id: string,
  caller: ServiceTokenClaims,
): Promise<CampaignRow> => {
  const campaign = await findCampaign(manager, id, visibleBusinesses(caller));
  if (!campaign) throw new HttpProblem(404, 'There is no such campaign');
  return campaign;
};
