import { type CreateCallOptions, type TwilioAccounts, type TwilioCall } from '@frontdesk/telephony';
import { accountSid } from './dialer-store';

/** Twilio as the dialer's store meets it: a book of the calls that were placed, and a list that shows them when told to. */
export class FakeTwilio {
  readonly placed: TwilioCall[] = [];
  /** Looks into the list since the start. */
  looks = 0;
  /** What comes of a request after the call was placed, if anything; else its call. */
  afterPlacing: () => Promise<void> = () => Promise.resolve();
  /** Before a look is answered. */
  beforeListing: () => Promise<void> = () => Promise.resolve();
  isListed: (call: TwilioCall) => boolean = () => true;
  status: TwilioCall['status'] = 'completed';

  readonly accounts = {
    defaultAccountSid: accountSid,
    account: () => ({
      createCall: (options: CreateCallOptions) => this.create(options),
      listCalls: async () => {
        this.looks += 1;
        await this.beforeListing();
        return this.placed.filter((call) => this.isListed(call)).map((call) => this.shown(call));
      },
      fetchCall: (sid: string) => Promise.resolve(this.shown(this.placed.find((call) => call.sid === sid)!)),
    }),
  } as unknown as TwilioAccounts;

  private async create({ to, from }: CreateCallOptions): Promise<TwilioCall> {
    const sid = `CA${String(this.placed.length + 1).padStart(32, '0')}`;
    const call = { sid, to, from, parentCallSid: null, createdAt: new Date() } as TwilioCall;
    this.placed.push(call);
    await this.afterPlacing();
    return { ...call, status: 'queued' };
  }

  private shown(call: TwilioCall): TwilioCall {
    return { ...call, status: this.status };
  }
}
