import { getStream, getStreamPast, reportCallOver, reportStreamStarted } from '@frontdesk/contracts';
import { HttpProblem, type ServiceRouter } from '@frontdesk/http';
import { type Gateway } from '../../gateway';

/** What this replica knows of a call, for its peers, and what they tell it. */
export const streams = (router: ServiceRouter, gateway: Gateway): void => {
  const { registry, peers } = gateway.parts;
  router.handle(getStream, ({ params }) => {
    const record = registry.get(params.callSid);
    if (!record) throw new HttpProblem(404, 'Unknown call');
    const { callSid, generation, phase, streamSid, session, isFallbackFetched, isHandedOver } = record;
    return Promise.resolve({
      callSid,
      generation,
      phase,
      streamSid,
      owner: session !== null,
      fallbackFetched: isFallbackFetched,
      handedOver: isHandedOver,
      instance: peers.instance,
    });
  });
  router.handle(getStreamPast, ({ params }) => {
    const record = registry.get(params.callSid);
    const past = record?.session?.history() ?? record?.past;
    if (!past) throw new HttpProblem(404, 'No stream of this call was here');
    return Promise.resolve({
      past: past.map(({ role, text, interrupted }) => ({ role, text, interrupted })),
    });
  });
  router.handle(reportStreamStarted, ({ params, body }) => {
    if (!gateway.startedElsewhere(params.callSid, body))
      throw new HttpProblem(409, 'Token used before, or a newer stream has the call');
    return Promise.resolve({ accepted: true as const });
  });
  router.handle(reportCallOver, ({ params }) => {
    gateway.callOver(params.callSid);
    return Promise.resolve({ accepted: true as const });
  });
};
