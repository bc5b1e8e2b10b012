import { type ServiceRouter } from '@frontdesk/http';
import { type StreamTokens } from '@frontdesk/telephony';
import { type Gateway } from '../../gateway';
import { callSidOf } from './announced-call';

/** The fallback inside a call: prompt and message. That it is fetched shows that a redirect worked. */
export const fallback = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/fallback', (form, { query }) => {
    const callSid = callSidOf(form);
    const { registry, tokens } = gateway.parts;
    const record = registry.get(callSid);
    if (record) {
      record.isFallbackFetched = true;
      if (record.phase !== 'ended') record.phase = 'redirecting';
    }
    const businessId = businessOf(tokens, query.get('token'), callSid) ?? record?.businessId ?? null;
    return Promise.resolve({ twiml: gateway.fallbackTwiml(gateway.profileOf(businessId)) });
  });

/** A token that does not hold only costs the business's own words: the caller is not left without a prompt. */
const businessOf = (tokens: StreamTokens, token: string | null, callSid: string): string | null => {
  try {
    const claims = tokens.verify(token ?? '');
    return claims.callSid === callSid ? claims.businessId : null;
  } catch {
    return null;
  }
};
