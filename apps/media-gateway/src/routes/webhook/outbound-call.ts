import { uuidSchema } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';
import { type RouteParts } from '../route-parts';
import { announced } from './announced-call';

/** An answered call of the dialer. The attempt says which business speaks, and how it opens (OU10). */
export const outboundCall = (router: ServiceRouter, gateway: Gateway, parts: RouteParts): void =>
  router.webhook('/webhook/outbound_call', async (form, { query, traceparent }) => {
    const { attempts, frames } = gateway.parts;
    const attemptId = uuidSchema.safeParse(query.get('attempt') ?? query.get('attempt_id')).data ?? null;
    const script = attemptId === null ? null : await attempts.load(attemptId, traceparent);
    if (script?.openingKey) frames.prefetch([script.openingKey]);
    const businessId = script?.businessId ?? null;
    const call = announced(form, { direction: 'outbound', businessId, attemptId, traceparent });
    return { twiml: await gateway.answers.answer(call, () => parts.mayConnect()) };
  });
