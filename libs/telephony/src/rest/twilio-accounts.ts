import { SdkTwilioCalls, type TwilioAccountOptions } from './sdk-twilio-calls';
import { type TwilioCalls } from './twilio-calls';

/** The Twilio accounts we act for, by account SID. */
export interface TwilioAccounts {
  /** The account used where no call or business names one. */
  readonly defaultAccountSid: string;
  readonly accountSids: readonly string[];
  /** Throws for an account that is not ours. */
  account(accountSid: string): TwilioCalls;
}

/** Accounts over the real REST API; the first is the default. The environment gives one to begin with. */
export const createTwilioAccounts = (accounts: readonly TwilioAccountOptions[]): TwilioAccounts => {
  const [first] = accounts;
  if (!first) throw new RangeError('at least one Twilio account is needed');
  const bySid = new Map(accounts.map((account) => [account.accountSid, new SdkTwilioCalls(account)]));
  return {
    defaultAccountSid: first.accountSid,
    accountSids: [...bySid.keys()],
    account(accountSid) {
      const calls = bySid.get(accountSid);
      if (!calls) throw new Error(`no credentials for Twilio account ${accountSid}`);
      return calls;
    },
  };
};
