import { type DialOutcome } from '@frontdesk/contracts';
import { TwilioRestError } from '@frontdesk/telephony';

/** What a failed request to place a call means for the attempt. */
export type DialFailure =
  /** The call may exist: reconcile, never repeat blindly. */
  | { kind: 'unknown'; reason: string }
  /** Certainly not placed, may work later. */
  | { kind: 'again'; reason: string; holdAccount: boolean }
  /** Certainly not placed, and never will be. */
  | { kind: 'refused'; outcome: DialOutcome; reason: string }
  /** The account, or what the campaign calls from, is refused: no contact is to blame. */
  | { kind: 'sender'; reason: string };

/** Twilio's codes for a `To` that cannot be called: not a number, unreachable, not a valid mobile or landline. */
const invalidNumberCodes = [21211, 21214, 21217, 21401, 13223, 13224];
/** For a `From` that is not the account's, invalid or missing, and for URLs of ours: the same for every contact. */
const senderCodes = [21205, 21210, 21212, 21213];
const accountStatuses = [401, 403];
const GEO_PERMISSION = 21215;

export const classifyDialFailure = (error: unknown): DialFailure => {
  const reason = error instanceof Error ? error.message : String(error);
  // Not from the client's own error: nobody knows how far the request came.
  if (!(error instanceof TwilioRestError) || error.outcomeUnknown) return { kind: 'unknown', reason };
  if (error.isRetryable) return { kind: 'again', reason, holdAccount: error.status === 429 };
  if (error.code !== null && invalidNumberCodes.includes(error.code))
    return { kind: 'refused', outcome: 'invalid-number', reason };
  const isAccount = error.status !== null && accountStatuses.includes(error.status);
  const isSender = error.code !== null && senderCodes.includes(error.code);
  if (isSender || (isAccount && error.code !== GEO_PERMISSION)) return { kind: 'sender', reason };
  return { kind: 'refused', outcome: 'failed', reason };
};
