import { exportProfiles as endpoint } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';
import { exportProfiles } from '../../../profiles/transfer-profiles';

export const serveExportProfiles = (router: ServiceRouter, { database }: GreetingParts): void =>
  router.handle(endpoint, ({ caller }) => exportProfiles(database.dataSource.manager, caller.businessIds));
