import { listCampaigns } from '@frontdesk/contracts';
import { type ServiceRouter, visibleBusinesses } from '@frontdesk/http';
import { asCampaign } from '../../../campaigns/campaign-shape';
import { type DialerParts } from '../../../parts';
import { findCampaigns } from '../../../store/queries/find-campaigns';

export const serveListCampaigns = (router: ServiceRouter, { database }: DialerParts): void =>
  router.handle(listCampaigns, async ({ query, caller }) => {
    const { manager } = database.dataSource;
    const rows = await findCampaigns(manager, query.businessId ?? null, visibleBusinesses(caller));
    return { campaigns: rows.map(asCampaign) };
  });
