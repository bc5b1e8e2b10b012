import { createBusiness } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';
import { entityTag } from '../../entity-tag';
import { writerOf } from '../../writer';

export const serveCreateBusiness = (router: ServiceRouter, { profiles }: GreetingParts): void =>
  router.handle(createBusiness, async (request) => {
    const profile = await profiles.create(request.body, writerOf(request));
    request.express.res?.setHeader('ETag', entityTag(profile.revision));
    return profile;
  });
