import { getStream, reportStreamStarted } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';

/** What this replica knows of a call, for its peers. */
export const streams = (router: ServiceRouter, gateway: Gateway): void => {
  router.handle(getStream, ({ params }) => {
    const record = gateway.parts.registry.get(params.callSid);
    if (!record) throw new HttpProblem(404, 'Unknown call');
    const { callSid, generation, phase, streamSid, session } = record;
    return Promise.resolve({ callSid, generation, phase, streamSid, owner: session !== null });
  });
  router.handle(reportStreamStarted, ({ params, body }) => {
    if (!gateway.tokenUsed(params.callSid, body)) throw new HttpProblem(409, 'Token used before');
    return Promise.resolve({ accepted: true as const });
  });
};
