import { type ServiceRouter } from '@frontdesk/http';
import { hangup, holdThenRedirect } from '@frontdesk/telephony';
import { afterStream, type StreamKnowledge } from '../../calls/after-stream';
import { type Gateway } from '../../gateway';
import { type CallRecord } from '../../streams/stream-registry';
import { type RouteParts } from '../route-parts';
import { announcedAgain } from './announced-call';

/** A redirect on its way takes the call well within this; one that fails stops trying when the fallback was fetched. */
const HOLD_SEC = 4;

/** The `<Connect>` of a call is over (IN5); {@link afterStream} says what that means. */
export const streamEnded = (
  router: ServiceRouter,
  gateway: Gateway,
  parts: Pick<RouteParts, 'isLeaving'>,
): void =>
  router.webhook('/webhook/stream_ended', async (form, { query, traceparent }) => {
    const { call, claims } = announcedAgain(form, query, gateway, traceparent);
    if (form.CallStatus && form.CallStatus !== 'in-progress') return { twiml: hangup() };
    const { registry, peers, urls, events } = gateway.parts;
    const ended = claims && { generation: claims.generation, resumes: claims.resumes ?? 0 };
    const ownKnowledge = (): StreamKnowledge[] => knowledgeOf(registry.get(call.callSid));
    // What is known here may be enough: then nobody is asked.
    const here = afterStream(ended, ownKnowledge());
    const isPlain = here.then === 'hang-up' || here.then === 'repeat';
    const next = isPlain ? here : afterStream(ended, [...(await peers.ask(call.callSid)), ...ownKnowledge()]);
    events.ofCall(call.callSid).streamEnded(ended?.generation ?? null, next.then);
    switch (next.then) {
      case 'hang-up':
        return { twiml: hangup() };
      case 'hold':
        return {
          twiml: holdThenRedirect(HOLD_SEC, urls.fallback({ ...call, generation: 1, resumes: 0 })),
        };
      case 'repeat':
        return { twiml: gateway.answers.repeat(call, next.generation, next.resumes) };
      case 'resume':
        // The last one to leave: a stream would find nobody.
        if (parts.isLeaving() && !(await peers.isAnyReady()))
          return { twiml: gateway.answers.fallBack(call, 'resume-failed') };
        return { twiml: gateway.answers.reconnect(call, next.generation, next.resumes) };
      case 'fall-back':
        return { twiml: gateway.answers.fallBack(call, next.reason) };
    }
  });

const knowledgeOf = (record: CallRecord | undefined): StreamKnowledge[] =>
  record
    ? [
        {
          generation: record.generation,
          phase: record.phase,
          fallbackFetched: record.isFallbackFetched,
          handedOver: record.isHandedOver,
        },
      ]
    : [];
