import { getCampaign } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { asCampaign } from '../../../campaigns/campaign-shape';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';

export const serveGetCampaign = (router: ServiceRouter, { database }: DialerParts): void =>
  router.handle(getCampaign, async ({ params, caller }) =>
    asCampaign(await visibleCampaign(database.dataSource.manager, params.id, caller)),
  );
