import { getBusiness } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';
import { entityTag } from '../../entity-tag';

export const serveGetBusiness = (router: ServiceRouter, { profiles }: GreetingParts): void =>
  router.handle(getBusiness, async ({ params, caller, express }) => {
    const profile = await profiles.get(params.id, caller.businessIds);
    express.res?.setHeader('ETag', entityTag(profile.revision));
    return profile;
  });
