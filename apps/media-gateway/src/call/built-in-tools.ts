import { type RealtimeTool } from '@frontdesk/speech';
import { type CallProfile } from '../profiles/default-profile';

export const END_CALL = 'end_call';
export const TRANSFER_CALL = 'transfer_call';

const noParameters = { type: 'object', properties: {}, additionalProperties: false };

const endCall: RealtimeTool = {
  name: END_CALL,
  description:
    'End the phone call. Use it when the caller says goodbye or has nothing more to ask. You then say a short goodbye; the call ends when the caller has heard it.',
  parameters: noParameters,
};
const transferCall: RealtimeTool = {
  name: TRANSFER_CALL,
  description: 'Connect the caller to a person of the business. Say so first.',
  parameters: noParameters,
};

/** The tools every agent has; a transfer only where there is a number to transfer to. */
export const builtInTools = (profile: CallProfile): RealtimeTool[] =>
  profile.transferNumber ? [endCall, transferCall] : [endCall];
