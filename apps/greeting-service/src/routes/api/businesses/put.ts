import { putBusiness } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';
import { entityTag } from '../../entity-tag';
import { writerOf } from '../../writer';

export const servePutBusiness = (router: ServiceRouter, { profiles }: GreetingParts): void =>
  router.handle(putBusiness, async (request) => {
    const profile = await profiles.replace(request.params.id, request.body, writerOf(request));
    request.express.res?.setHeader('ETag', entityTag(profile.revision));
    return profile;
  });
