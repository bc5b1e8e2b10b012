import { type ServiceRouter } from '@frontdesk/http';
import { hangup } from '@frontdesk/telephony';
import { type Gateway } from '../../gateway';
import { announcedAgain } from './announced-call';

/** A transfer is over: talked → the call ends; nobody answered → the agent has the call again (RT9). */
export const transferEnded = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/transfer_ended', async (form, { traceparent }) => {
    const call = announcedAgain(form, gateway, traceparent);
    const isTalked = form.DialCallStatus === 'completed' || form.DialCallStatus === 'answered';
    const isOver = form.CallStatus !== undefined && form.CallStatus !== 'in-progress';
    if (isTalked || isOver) return { twiml: hangup() };
    const { registry, peers } = gateway.parts;
    const record = registry.get(call.callSid);
    const answers = record ? [] : await peers.ask(call.callSid);
    const generation = Math.max(record?.generation ?? 1, ...answers.map((answer) => answer.generation));
    return { twiml: gateway.reconnect(call, generation + 1) };
  });
