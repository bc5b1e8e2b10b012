import { type ServiceRouter } from '@frontdesk/http';
import { type DialerParts } from '../parts';
import { serveAddContacts, serveListContacts } from './api/campaigns/contacts';
import { serveCreateCampaign } from './api/campaigns/create';
import { serveGetCampaign } from './api/campaigns/get';
import { serveListCampaigns } from './api/campaigns/list';
import { servePreview } from './api/campaigns/preview';
import { serveProgress } from './api/campaigns/progress';
import { serveProgressStream } from './api/campaigns/progress-stream';
import { serveResults } from './api/campaigns/results';
import { serveTransitions } from './api/campaigns/transitions';
import { serveAddDoNotCall } from './api/do-not-call';
import { serveAttemptContext } from './internal/attempt-context';
import { serveDialMachine } from './webhook/dial-machine';
import { serveDialStatus } from './webhook/dial-status';

/** Everything outbound-dialer serves; http checks it against the contract. Both roles serve all of it: no route dials. */
export const serveRoutes = (router: ServiceRouter, parts: DialerParts): void => {
  serveCreateCampaign(router, parts);
  serveListCampaigns(router, parts);
  serveGetCampaign(router, parts);
  serveAddContacts(router, parts);
  serveListContacts(router, parts);
  serveTransitions(router, parts);
  serveProgress(router, parts);
  serveProgressStream(router, parts);
  servePreview(router, parts);
  serveResults(router, parts);
  serveAddDoNotCall(router, parts);
  serveAttemptContext(router, parts);
  serveDialStatus(router, parts);
  serveDialMachine(router, parts);
};
