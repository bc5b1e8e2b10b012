import { type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';
import { callSidOf } from './announced-call';

const terminal = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

/** The end of a call, as Twilio tells it; it may come twice, or never. */
export const callStatus = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/call_status', (form) => {
    const callSid = callSidOf(form);
    if (terminal.includes(form.CallStatus ?? '')) gateway.callOver(callSid);
    return Promise.resolve({});
  });
