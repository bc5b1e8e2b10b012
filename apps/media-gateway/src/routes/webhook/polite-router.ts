import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';

/**
 * A router for webhooks whose answer the caller hears. Whatever is wrong with a request of Twilio's, or with us, a caller
 * is on the line: instead of an error, which Twilio would read out, the answer is the fallback (IN1). What nobody hears,
 * such as a status callback, keeps its problem+json.
 */
export const politeRouter = (
  router: ServiceRouter,
  gateway: {
    parts: Pick<Gateway['parts'], 'events'>;
    answers: Pick<Gateway['answers'], 'fallbackTwiml'>;
    profileOfNumber: Gateway['profileOfNumber'];
  },
): ServiceRouter => ({
  ...router,
  webhook: (path, handler) =>
    router.webhook(path, async (form, request) => {
      try {
        return await handler(form, request);
      } catch (error) {
        const { events } = gateway.parts;
        if (error instanceof HttpProblem) events.webhookRefused(path, error.message);
        else events.failed(`answering ${path}`, error);
        const ours = [form.To, form.From].map((number) => gateway.profileOfNumber(number ?? '')?.id);
        return { twiml: gateway.answers.fallbackTwiml(ours.find(Boolean) ?? null) };
      }
    }),
});

/** As above for what nobody hears: counted, and answered with its problem. */
export const countingRouter = (router: ServiceRouter, { parts }: Pick<Gateway, 'parts'>): ServiceRouter => ({
  ...router,
  webhook: (path, handler) =>
    router.webhook(path, async (form, request) => {
      try {
        return await handler(form, request);
      } catch (error) {
        if (error instanceof HttpProblem) parts.events.webhookRefused(path, error.message);
        throw error;
      }
    }),
});
