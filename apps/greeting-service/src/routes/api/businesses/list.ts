import { listBusinesses } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';

export const serveListBusinesses = (router: ServiceRouter, { profiles }: GreetingParts): void =>
  router.handle(listBusinesses, async ({ caller }) => ({
    businesses: await profiles.list(caller.businessIds),
  }));
