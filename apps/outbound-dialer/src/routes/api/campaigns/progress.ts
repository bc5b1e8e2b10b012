import { getCampaignProgress } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';
import { countProgress } from '../../../store/queries/count-progress';

export const serveProgress = (router: ServiceRouter, { database }: DialerParts): void =>
  router.handle(getCampaignProgress, async ({ params, caller }) => {
    const { manager } = database.dataSource;
    const { state } = await visibleCampaign(manager, params.id, caller);
    return { state, ...(await countProgress(manager, params.id)) };
  });
