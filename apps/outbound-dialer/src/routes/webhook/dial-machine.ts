import { callSidSchema, uuidSchema } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { machinePath } from '../../machines/machine-detection';
import { noteVerdict } from '../../machines/note-verdict';
import { type DialerParts } from '../../parts';

/** Longest of Twilio's words is `machine_end_silence`. */
const longestVerdict = 40;

/** Twilio's callback of asynchronous machine detection. Only written down here: a worker acts upon it. */
export const serveDialMachine = (
  router: ServiceRouter,
  { database, events, callCheckMs }: DialerParts,
): void =>
  router.webhook(machinePath('{attemptId}'), async (form, { params }) => {
    const attemptId = params.attemptId ?? '';
    const { CallSid: callSid = '', AnsweredBy: answeredBy = '' } = form;
    const isUsable = uuidSchema.safeParse(attemptId).success && callSidSchema.safeParse(callSid).success;
    if (!isUsable || answeredBy === '' || answeredBy.length > longestVerdict) return { status: 400 };
    const isNew = await database.transaction((manager) =>
      noteVerdict(manager, attemptId, { callSid, answeredBy }, callCheckMs),
    );
    events.answeredBy(attemptId, callSid, answeredBy, isNew);
    return {};
  });
