import { type CreateCallOptions, type PublicUrl } from '@frontdesk/telephony';
import { type AttemptRow, type CampaignRow } from '../store/rows';

/** Path of the callback that tells who answered; `{attemptId}` in the route. */
export const machinePath = (attemptId: string): string => `/webhook/dial/${attemptId}/amd`;

/**
 * Detection for campaigns that treat machines differently from people. Always asynchronous: the person who answers hears
 * the opening line at once, and the verdict comes seconds later (OU5). A message is left behind the machine's own
 * greeting, so there its end is waited for.
 */
export const machineDetection = (
  attempt: Pick<AttemptRow, 'id'>,
  campaign: Pick<CampaignRow, 'machine_policy'>,
  publicUrl: PublicUrl,
): Pick<CreateCallOptions, 'machineDetection'> => {
  if (campaign.machine_policy === 'talk') return {};
  return {
    machineDetection: {
      mode: campaign.machine_policy === 'leave-message' ? 'DetectMessageEnd' : 'Enable',
      statusCallbackUrl: publicUrl.http(machinePath(attempt.id)),
    },
  };
};

/**
 * Which of Twilio's `AnsweredBy` are machines; the words are human, fax, unknown, machine_start, machine_end_beep,
 * machine_end_silence and machine_end_other. A pattern that means the same in JavaScript and in PostgreSQL.
 */
export const machineVerdicts = '^(fax$|machine_)';

const machineVerdict = new RegExp(machineVerdicts);

export const isMachine = (answeredBy: string): boolean => machineVerdict.test(answeredBy);
