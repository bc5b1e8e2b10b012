import { type ServiceRouter } from '@frontdesk/http';
import { hangup } from '@frontdesk/telephony';
import { type Gateway } from '../../gateway';
import { announcedAgain } from './announced-call';

/** A transfer is over: talked → the call ends; nobody answered → the agent has the call again (RT9). */
export const transferEnded = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/transfer_ended', async (form, { query, traceparent }) => {
    const { call, claims } = announcedAgain(form, query, gateway, traceparent);
    const isTalked = form.DialCallStatus === 'completed' || form.DialCallStatus === 'answered';
    const isOver = form.CallStatus !== undefined && form.CallStatus !== 'in-progress';
    if (isTalked || isOver) return { twiml: hangup() };
    const record = gateway.parts.registry.get(call.callSid);
    const answers = claims || record ? [] : await gateway.parts.peers.ask(call.callSid);
    const known = [record?.generation ?? 1, ...answers.map(({ generation }) => generation)];
    const transferred = claims?.generation ?? Math.max(...known);
    // Coming back from a transfer is no break of the stream: it is not counted.
    return {
      twiml: gateway.answers.reconnect(call, transferred + 1, claims?.resumes ?? record?.resumes ?? 0),
    };
  });
