import { type ServiceRouter } from '@frontdesk/http';
import { hangup } from '@frontdesk/telephony';
import { type Gateway } from '../../gateway';
import { announcedAgain } from './announced-call';

/** What Twilio says of a dialled leg that was not reached. */
const missed = new Set(['busy', 'no-answer', 'failed', 'canceled']);

/**
 * A transfer is over (RT9). A person had the call: it ends. Nobody was reached: the agent has it again, on a stream of
 * the next generation, and knows why. Asked twice, the token in the URL makes it the same generation both times.
 */
export const transferEnded = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/transfer_ended', async (form, { query, traceparent }) => {
    const { call, claims } = announcedAgain(form, query, gateway, traceparent);
    const outcome = form.DialCallStatus ?? '';
    const isTalked = outcome === 'completed' || outcome === 'answered';
    if (isTalked) gateway.parts.announcer.transferCompleted(call);
    const isOver = form.CallStatus !== undefined && form.CallStatus !== 'in-progress';
    if (isTalked || isOver) return { twiml: hangup() };
    const record = gateway.parts.registry.get(call.callSid);
    const answers = claims || record ? [] : await gateway.parts.peers.ask(call.callSid);
    const known = [record?.generation ?? 1, ...answers.map(({ generation }) => generation)];
    const generation = (claims?.generation ?? Math.max(...known)) + 1;
    // Coming back from a transfer is no break of the stream: it is not counted.
    const resumes = claims?.resumes ?? record?.resumes ?? 0;
    const why = missed.has(outcome) ? outcome : 'failed';
    return { twiml: gateway.answers.reconnect(call, generation, resumes, why) };
  });
