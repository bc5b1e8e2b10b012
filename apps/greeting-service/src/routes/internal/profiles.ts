import { listProfilesSince } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../parts';
import { profilesSince } from '../../profiles/profiles-since';

export const serveProfilesSince = (router: ServiceRouter, { database, profiles }: GreetingParts): void =>
  router.handle(listProfilesSince, ({ query }) =>
    profilesSince(database.dataSource.manager, query.since, profiles.defaults, query.limit),
  );
