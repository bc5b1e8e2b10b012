import { type ServiceRouter } from '@frontdesk/http';
import { hangup, holdThenRedirect } from '@frontdesk/telephony';
import { type Gateway } from '../../gateway';
import { announcedAgain } from './announced-call';

/** After so many streams a call is not taken up again, but handed to the fallback. */
const MAX_RESUMES = 3;
/** A redirect on its way takes the call well within this. */
const HOLD_SEC = 10;

/**
 * The `<Connect>` of a call is over (IN5). We ended, redirected or transferred the call → hang up, arm nothing. The
 * stream broke while the call lives → the next generation. No stream ever started, or too many broke → the fallback.
 */
export const streamEnded = (router: ServiceRouter, gateway: Gateway): void =>
  router.webhook('/webhook/stream_ended', async (form, { traceparent }) => {
    const call = announcedAgain(form, gateway, traceparent);
    const { registry, peers, redirector } = gateway.parts;
    if (form.CallStatus && form.CallStatus !== 'in-progress') return { twiml: hangup() };
    const record = registry.get(call.callSid);
    const phase = record?.phase ?? null;
    if (phase === 'redirecting' && record!.streamSid === null && !record!.isFallbackFetched)
      return { twiml: holdThenRedirect(HOLD_SEC, redirector.fallbackUrl(record!)) };
    if (phase !== null && phase !== 'ringing' && phase !== 'live') return { twiml: hangup() };
    const answers = await peers.ask(call.callSid);
    if (answers.some((answer) => answer.phase !== 'ringing' && answer.phase !== 'live'))
      return { twiml: hangup() };
    const generation = Math.max(record?.generation ?? 1, ...answers.map((answer) => answer.generation));
    const hasStarted = phase === 'live' || answers.some((answer) => answer.phase === 'live');
    const isUnknown = record === undefined && answers.length === 0;
    if ((!hasStarted && !isUnknown) || generation > MAX_RESUMES)
      return { twiml: gateway.fallBack(call, hasStarted ? 'resume-failed' : 'stream-error') };
    return { twiml: gateway.reconnect(call, generation + 1) };
  });
