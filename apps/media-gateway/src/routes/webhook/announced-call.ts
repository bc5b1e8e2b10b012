import { accountSidSchema, callSidSchema } from '@frontdesk/contracts';
import { HttpProblem } from '@frontdesk/http';
import { type AnnouncedCall } from '../../gateway';

/** The SID of the call that a webhook is about; it is checked before it may touch anything. */
export const callSidOf = (form: Record<string, string>): string => {
  const parsed = callSidSchema.safeParse(form.CallSid);
  if (!parsed.success) throw new HttpProblem(400, 'Bad webhook', 'CallSid is missing or malformed');
  return parsed.data;
};

/** A call as Twilio's form tells of it. `From` may be no number at all, e.g. `anonymous`. */
export const announced = (
  form: Record<string, string>,
  known: Pick<AnnouncedCall, 'direction' | 'businessId' | 'traceparent'> & { attemptId?: string | null },
): AnnouncedCall => {
  const account = accountSidSchema.safeParse(form.AccountSid);
  return {
    callSid: callSidOf(form),
    accountSid: account.success ? account.data : null,
    from: form.From ?? 'unknown',
    to: form.To ?? 'unknown',
    attemptId: null,
    ...known,
  };
};
