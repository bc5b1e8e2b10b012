import { type ServiceRouter } from '@frontdesk/http';
import { ringing } from '../../calls/announced-call';
import { type Gateway } from '../../gateway';
import { announcedAgain } from './announced-call';

/**
 * The fallback inside a call: prompt and message. That it is fetched shows that a redirect worked, also to the replica
 * that asked for it, which may be another one. A token that does not hold only costs the business's own words.
 */
export const fallback = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/fallback', (form, { query, traceparent }) => {
    const { call, claims } = announcedAgain(form, query, gateway, traceparent);
    const record = gateway.parts.registry.open(call.callSid, () => ringing(call, claims?.generation ?? 1));
    record.isFallbackFetched = true;
    if (record.phase !== 'ended') record.phase = 'redirecting';
    return Promise.resolve({ twiml: gateway.answers.fallbackTwiml(claims?.businessId ?? call.businessId) });
  });
