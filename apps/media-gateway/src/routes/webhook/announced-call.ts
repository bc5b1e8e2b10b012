import { accountSidSchema, callSidSchema } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { type StreamTokenClaims } from '@frontdesk/telephony';
import { type AnnouncedCall, startOf } from '../../calls/announced-call';
import { type Gateway } from '../../gateway';

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
  known: Pick<AnnouncedCall, 'direction' | 'businessId' | 'traceparent' | 'startedAt'> & {
    attemptId?: string | null;
  },
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

/** A webhook about a call that began before, as far as it can be told whose it is. */
export interface CallAgain {
  readonly call: AnnouncedCall;
  /** What the signed token in the webhook's URL says; null where there is none that holds. */
  readonly claims: StreamTokenClaims | null;
}

/**
 * A call that a later webhook tells of: as this replica knows it, else by the token in the URL, else by its numbers,
 * since the replica that knew it may be another one, or gone. Without this the default profile would go on with a
 * business's caller.
 */
export const announcedAgain = (
  form: Record<string, string>,
  query: URLSearchParams,
  gateway: Pick<Gateway, 'parts' | 'profileOfNumber'>,
  traceparent: string,
): CallAgain => {
  const callSid = callSidOf(form);
  const { registry, urls } = gateway.parts;
  const claims = urls.claimsOf(query.get('call') ?? query.get('token'), callSid);
  const record = registry.get(callSid);
  const direction = form.Direction?.startsWith('outbound') ? 'outbound' : 'inbound';
  if (record) {
    const { businessId, attemptId } = record;
    return {
      call: announced(form, { direction: record.direction, businessId, attemptId, traceparent }),
      claims,
    };
  }
  const ours = (direction === 'outbound' ? form.From : form.To) ?? '';
  const businessId = claims ? claims.businessId : (gateway.profileOfNumber(ours)?.id ?? null);
  const attemptId = claims?.attemptId ?? null;
  const startedAt = claims ? startOf(claims) : undefined;
  return { call: announced(form, { direction, businessId, attemptId, traceparent, startedAt }), claims };
};
