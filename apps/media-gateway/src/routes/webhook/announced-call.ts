import { accountSidSchema, callSidSchema } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { type AnnouncedCall, type Gateway } from '../../gateway';

/** The SID of the call that a webhook is about; it is checked before it may touch anything. */
export const callSidOf = (form: Record<string, string>): string => {
  const parsed = callSidSchema.safeParse(form.CallSid);
  if (!parsed.success) throw new HttpProblem(400, 'Bad webhook', 'CallSid is missing or malformed');
  return parsed.data;
};

/** Numbers and SIP or client names are far shorter; what is longer would travel in every event of the call. */
const MAX_PARTY = 256;
const partyOf = (name: string | undefined): string => name?.slice(0, MAX_PARTY) ?? 'unknown';

/** A call as Twilio's form tells of it. `From` may be no number at all, e.g. `anonymous`. */
export const announced = (
  form: Record<string, string>,
  known: Pick<AnnouncedCall, 'direction' | 'businessId' | 'traceparent'> & { attemptId?: string | null },
): AnnouncedCall => {
  const account = accountSidSchema.safeParse(form.AccountSid);
  return {
    callSid: callSidOf(form),
    accountSid: account.success ? account.data : null,
    from: partyOf(form.From),
    to: partyOf(form.To),
    attemptId: null,
    ...known,
  };
};

/**
 * A call that a later webhook tells of: as this replica knows it, else by its numbers, since the replica that knew it
 * may be another one, or gone. Without this the default profile would go on with a business's caller.
 */
export const announcedAgain = (
  form: Record<string, string>,
  gateway: Pick<Gateway, 'parts' | 'profileOfNumber'>,
  traceparent: string,
): AnnouncedCall => {
  const record = gateway.parts.registry.get(callSidOf(form));
  if (record) {
    const { direction, businessId, attemptId } = record;
    return announced(form, { direction, businessId, attemptId, traceparent });
  }
  const direction = form.Direction?.startsWith('outbound') ? 'outbound' : 'inbound';
  const ours = (direction === 'outbound' ? form.From : form.To) ?? '';
  return announced(form, { direction, businessId: gateway.profileOfNumber(ours)?.id ?? null, traceparent });
};
