import { deleteBusiness } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';
import { writerOf } from '../../writer';

export const serveDeleteBusiness = (router: ServiceRouter, { profiles }: GreetingParts): void =>
  router.handle(deleteBusiness, (request) => profiles.remove(request.params.id, writerOf(request)));
