import { dial, type TwilioAccounts, TwilioRestError } from '@frontdesk/telephony';
import { retry, type BackoffPolicy } from '@frontdesk/runtime';
import { type CallRecord } from '../streams/stream-registry';

/** Ending or transferring twice is harmless, so both are simply tried again. */
const again: BackoffPolicy = { attempts: 4, minMs: 200, maxMs: 2000, multiplier: 2 };

/** How long a person's telephone rings for a caller who waits. */
const TRANSFER_RING_SEC = 20;

/** What can be done to a live call from outside its stream. Twilio is one carrier, the browser's demo phone another. */
export interface CallCarrier {
  end(record: CallRecord): Promise<void>;
  transfer(record: CallRecord, to: string): Promise<void>;
}

/** Over Twilio REST. A call that is over already is no error. */
export const twilioCarrier = (options: {
  accounts: TwilioAccounts;
  /** Absolute URL that Twilio asks for when a transfer is over. */
  transferEndedUrl: (record: CallRecord) => string;
}): CallCarrier => {
  const { accounts, transferEndedUrl } = options;
  const accountOf = (record: CallRecord) => accounts.account(record.accountSid ?? accounts.defaultAccountSid);
  const update = async (record: CallRecord, change: { twiml: string } | { status: 'completed' }) => {
    const isRetryable = (error: unknown): boolean => error instanceof TwilioRestError && error.isRetryable;
    try {
      await retry(again, () => accountOf(record).updateCall(record.callSid, change), { isRetryable });
    } catch (error) {
      if (error instanceof TwilioRestError && (error.isCallNotInProgress || error.isNotFound)) return;
      throw error;
    }
  };
  return {
    end: (record) => update(record, { status: 'completed' }),
    transfer: (record, to) =>
      update(record, {
        twiml: dial({
          number: to,
          actionUrl: transferEndedUrl(record),
          timeoutSec: TRANSFER_RING_SEC,
        }),
      }),
  };
};
