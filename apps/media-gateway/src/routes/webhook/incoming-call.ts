import { type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';
import { type RouteParts } from '../route-parts';
import { announced } from './announced-call';

/** Between Twilio's webhook and its answer; past it the default profile takes the call (IN1). */
const LOOK_UP_MS = 1000;

/** A call to one of a business's numbers. Known business: no look-up stands between request and answer. */
export const incomingCall = (router: ServiceRouter, gateway: Gateway, parts: RouteParts): void =>
  router.webhook('/webhook/incoming_call', async (form, { traceparent }) => {
    const { profiles } = gateway.parts;
    const called = form.To ?? '';
    const profile = gateway.profileOfNumber(called) ?? (await profiles.lookUp(called, LOOK_UP_MS));
    const call = announced(form, { direction: 'inbound', businessId: profile?.id ?? null, traceparent });
    return { twiml: await gateway.answers.answer(call, () => parts.mayConnect()) };
  });
