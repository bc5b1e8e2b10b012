import { type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../parts';
import { serveGreetingState } from './api/businesses/greeting-state';
import { serveGreetingStatistics } from './api/greeting/statistics';
import { serveExportProfiles } from './api/profiles/export';
import { serveImportProfiles } from './api/profiles/import';
import { serveManyFrames } from './internal/many-frames';
import { serveSpeech } from './internal/speech';
import { serveRequestOpenings } from './internal/openings';
import { serveCreateBusiness } from './api/businesses/create';
import { serveDeleteBusiness } from './api/businesses/delete';
import { serveGetBusiness } from './api/businesses/get';
import { serveGreetingWav } from './api/businesses/greeting-wav';
import { serveListBusinesses } from './api/businesses/list';
import { servePutBusiness } from './api/businesses/put';
import { serveInvalidateGreeting } from './api/greeting/invalidate';
import { serveFrames } from './internal/frames';
import { serveCreatePhrase } from './internal/phrases';
import { serveProfilesSince } from './internal/profiles';

const all = [
  serveListBusinesses,
  serveCreateBusiness,
  serveGetBusiness,
  servePutBusiness,
  serveDeleteBusiness,
  serveGreetingWav,
  serveInvalidateGreeting,
  serveProfilesSince,
  serveFrames,
  serveCreatePhrase,
  serveGreetingState,
  serveGreetingStatistics,
  serveExportProfiles,
  serveImportProfiles,
  serveManyFrames,
  serveSpeech,
  serveRequestOpenings,
];

export const serveRoutes = (router: ServiceRouter, parts: GreetingParts): void => {
  for (const serve of all) serve(router, parts);
};
