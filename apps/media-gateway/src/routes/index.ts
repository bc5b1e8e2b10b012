import { type ServiceRouter } from '@frontdesk/http';
import { audio } from './audio';
import { calls } from './internal/calls';
import { streams } from './internal/streams';
import { type RouteParts } from './route-parts';
import { callStatus } from './webhook/call-status';
import { fallback } from './webhook/fallback';
import { incomingCall } from './webhook/incoming-call';
import { outboundCall } from './webhook/outbound-call';
import { countingRouter, politeRouter } from './webhook/polite-router';
import { streamEnded } from './webhook/stream-ended';
import { streamStatus } from './webhook/stream-status';
import { transferEnded } from './webhook/transfer-ended';
import { type Gateway } from '../gateway';

/** Everything the gateway serves over HTTP. */
export const serveRoutes = (plain: ServiceRouter, gateway: Gateway, parts: RouteParts): void => {
  const router: ServiceRouter = {
    ...plain,
    webhook: (path, handler) =>
      plain.webhook(path, (form, request) => {
        parts.reachedAt(request.express.headers.host);
        return handler(form, request);
      }),
  };
  const heard = politeRouter(router, gateway);
  incomingCall(heard, gateway, parts);
  outboundCall(heard, gateway, parts);
  streamEnded(heard, gateway, parts);
  fallback(heard, gateway);
  transferEnded(heard, gateway);
  const unheard = countingRouter(router, gateway);
  streamStatus(unheard, gateway);
  callStatus(unheard, gateway);
  audio(router, gateway);
  streams(router, gateway);
  calls(router, gateway);
};
