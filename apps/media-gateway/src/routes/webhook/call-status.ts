import { type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';
import { callSidOf } from './announced-call';

const terminal = ['completed', 'busy', 'no-answer', 'failed', 'canceled'];

/** The end of a call, as Twilio tells it to one replica; it may come twice, or never. The peers hear of it. */
export const callStatus = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/call_status', (form) => {
    const callSid = callSidOf(form);
    if (terminal.includes(form.CallStatus ?? '')) {
      gateway.callOver(callSid);
      void gateway.parts.peers.reportOver(callSid);
    }
    return Promise.resolve({});
  });
