import { callSidSchema, uuidSchema } from '@frontdesk/contracts';
import { type ServiceRouter } from '@frontdesk/http';
import { announceAttempts } from '../../attempts/announce';
import { isMachine, machinePath } from '../../machines/machine-detection';
import { type DialerParts } from '../../parts';
import { lockAttempt } from '../../store/queries/lock-attempt';
import { noteAnsweredBy } from '../../store/queries/note-answered-by';

/** Longest of Twilio's words is `machine_end_silence`. */
const longestVerdict = 40;

/** Twilio's callback of asynchronous machine detection. Only written down here: a worker acts upon it. */
export const serveDialMachine = (router: ServiceRouter, { database, events }: DialerParts): void =>
  router.webhook(machinePath('{attemptId}'), async (form, { params }) => {
    const attemptId = params.attemptId ?? '';
    const { CallSid: callSid = '', AnsweredBy: answeredBy = '' } = form;
    const isUsable = uuidSchema.safeParse(attemptId).success && callSidSchema.safeParse(callSid).success;
    if (!isUsable || answeredBy === '' || answeredBy.length > longestVerdict) return { status: 400 };
    const noted = await database.transaction(async (manager) => {
      const attempt = await lockAttempt(manager, attemptId);
      if (!attempt) return undefined;
      const row = await noteAnsweredBy(manager, attempt, {
        callSid,
        answeredBy,
        isMachine: isMachine(answeredBy),
      });
      if (row && row.outcome !== attempt.outcome) await announceAttempts(manager, [row]);
      return row;
    });
    events.answeredBy(attemptId, callSid, answeredBy, noted !== undefined);
    return {};
  });
