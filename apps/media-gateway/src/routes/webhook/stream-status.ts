import { type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';
import { announcedAgain } from './announced-call';

/**
 * Errors of a stream that was never open: connect timeout, refused, unreachable, TLS, handshake, wrong scheme or URL
 * (Twilio's error dictionary). The others, such as 31921 for a closed socket, may come after hours of talk.
 */
const neverOpened = /^(31901|31902|31904|31910|31920|31922|31923)\b/;

/** Twilio's word about a stream, to any replica. One that could not be opened goes to the fallback at once (IN4). */
export const streamStatus = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/stream_status', (form, { query, traceparent }) => {
    const { call, claims } = announcedAgain(form, query, gateway, traceparent);
    if (form.StreamEvent !== 'stream-error') return Promise.resolve({});
    const { registry, events } = gateway.parts;
    events.ofCall(call.callSid).wsStreamError(form.StreamError ?? 'unknown');
    const generation = claims?.generation ?? registry.get(call.callSid)?.generation;
    if (generation !== undefined)
      void gateway.streamFailed(call, generation, neverOpened.test(form.StreamError ?? ''));
    return Promise.resolve({});
  });
