import { type TwilioCall, type TwilioCalls, TwilioRestError } from '@frontdesk/telephony';

const endedStatuses: readonly TwilioCall['status'][] = [
  'completed',
  'busy',
  'failed',
  'no-answer',
  'canceled',
];

/**
 * A call as Twilio knows it now: whether it is over, and if so how it ended. One that Twilio does not know (any more) is
 * over, and will not tell more later: null.
 */
export const fetchIfOver = async (
  account: TwilioCalls,
  callSid: string,
): Promise<{ isOver: boolean; ended: TwilioCall | null }> => {
  try {
    const call = await account.fetchCall(callSid);
    const isOver = endedStatuses.includes(call.status);
    return { isOver, ended: isOver ? call : null };
  } catch (error) {
    if (error instanceof TwilioRestError && error.isNotFound) return { isOver: true, ended: null };
    throw error;
  }
};
