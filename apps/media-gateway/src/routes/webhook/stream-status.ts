import { type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';
import { callSidOf } from './announced-call';

/** Twilio's word about a stream. One that could not be opened goes to the fallback at once (IN4). */
export const streamStatus = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/stream_status', (form) => {
    const callSid = callSidOf(form);
    if (form.StreamEvent !== 'stream-error') return Promise.resolve({});
    const { registry, events, redirector } = gateway.parts;
    events.ofCall(callSid).wsStreamError(form.StreamError ?? 'unknown');
    const record = registry.get(callSid);
    if (record?.phase === 'ringing') void redirector.redirect(record, 'stream-error');
    return Promise.resolve({});
  });
