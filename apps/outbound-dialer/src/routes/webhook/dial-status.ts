import { callSidSchema, uuidSchema } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { applyStatus } from '../../attempts/apply-status';
import { type DialerParts } from '../../parts';

/** Twilio's status callback of an attempt's call. The attempt is named by our own id in the URL, which Twilio signed. */
export const serveDialStatus = (
  router: ServiceRouter,
  { database, events, callCheckMs }: DialerParts,
): void =>
  router.webhook('/webhook/dial/{attemptId}/status', async (form, { params }) => {
    const attemptId = params.attemptId ?? '';
    const { CallSid: callSid = '', CallStatus: status = '', SequenceNumber: sequence } = form;
    if (!uuidSchema.safeParse(attemptId).success || !callSidSchema.safeParse(callSid).success)
      return { status: 400 };
    const reason = reasonOf(form);
    const report = { callSid, status, sequence: sequenceOf(sequence), reason };
    const { manager } = database.dataSource;
    const { effect, before } = await applyStatus(manager, attemptId, report, callCheckMs);
    if (effect === 'second-call' && before) events.secondCall(before, callSid);
    events.callback(attemptId, callSid, status, effect);
    // Also for what is unknown or repeated: Twilio would only send it again.
    return {};
  });

const sequenceOf = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : null;

const reasonOf = ({ SipResponseCode: sip, ErrorCode: code }: Record<string, string>): string | null =>
  [sip && `SIP ${sip}`, code && `Twilio ${code}`].filter(Boolean).join(', ').slice(0, 100) || null;
