import { getCampaignPreview } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { previewOf } from '../../../campaigns/preview';
import { visibleCampaign } from '../../../campaigns/visible-campaign';
import { type DialerParts } from '../../../parts';
import { previewGroups } from '../../../store/queries/preview-groups';

export const servePreview = (router: ServiceRouter, { database }: DialerParts): void =>
  router.handle(getCampaignPreview, async ({ params, caller }) => {
    const { manager } = database.dataSource;
    const campaign = await visibleCampaign(manager, params.id, caller);
    return previewOf(previewGroups(manager, params.id), campaign, new Date());
  });
