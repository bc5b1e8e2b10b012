import { businessIdSchema, invalidateGreeting } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type GreetingParts } from '../../../parts';

/** GR4: `{ok, removed}`, or 400 with `ok: false`; what is no id of a business has no frames to remove. */
export const serveInvalidateGreeting = (router: ServiceRouter, { invalidate }: GreetingParts): void =>
  router.handle(invalidateGreeting, async ({ body, caller, traceparent }) => {
    const businessId = body.business_id?.trim();
    if (!businessId)
      throw new HttpProblem(400, 'missing business_id', undefined, undefined, {
        ok: false,
        error: 'missing business_id',
      });
    const isId = businessIdSchema.safeParse(businessId).success;
    const removed = isId ? await invalidate({ businessId, visible: caller.businessIds, traceparent }) : 0;
    return { ok: true as const, removed };
  });
