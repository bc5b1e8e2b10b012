/** Status of a call in Twilio's REST API; `canceled` with one l. */
export type CallStatus =
  'queued' | 'ringing' | 'in-progress' | 'completed' | 'busy' | 'failed' | 'no-answer' | 'canceled';

export type FinalStatus = Exclude<CallStatus, 'queued' | 'ringing' | 'in-progress'>;

export const isFinal = (status: CallStatus): status is FinalStatus =>
  status !== 'queued' && status !== 'ringing' && status !== 'in-progress';
