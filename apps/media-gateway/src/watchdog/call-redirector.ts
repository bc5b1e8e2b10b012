import { type StreamTokens, type TwilioAccounts, TwilioRestError } from '@frontdesk/telephony';
import { backoffMs, type BackoffPolicy } from '@frontdesk/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CallEventDetail } from '@frontdesk/contracts';
import { type GatewayEvents } from '../events';
import { type CallRecord } from '../streams/stream-registry';

export type RedirectReason = CallEventDetail<'call.redirected'>['reason'];

/** Tried again while the caller may still be there; Twilio ends a call without instructions long before. */
const redirectRetry: BackoffPolicy = { attempts: 6, minMs: 250, maxMs: 4000, multiplier: 2 };
/** A redirect whose answer got lost may have worked: then Twilio fetches the fallback within this time. */
const FETCH_WAIT_MS = 2000;
/** The fallback's URL may be asked for much later, by a call that waits in a transfer. */
const FALLBACK_TOKEN_MS = 60 * 60 * 1000;

export interface CallRedirectorOptions {
  readonly accounts: TwilioAccounts;
  readonly tokens: StreamTokens;
  /** Absolute URL of a path. */
  readonly publicUrl: (path: string) => string;
  readonly internalUrl: () => string;
  readonly events: GatewayEvents;
  /** Told once of each call that was handed to the fallback. */
  readonly onRedirected: (record: CallRecord, reason: RedirectReason) => void;
}

/** Hands a live call to the fallback, within the call, exactly once (IN4). */
export class CallRedirector {
  constructor(private readonly options: CallRedirectorOptions) {}

  /** Resolves when the call was redirected, was over, or could not be redirected. Never rejects. */
  async redirect(record: CallRecord, reason: RedirectReason): Promise<void> {
    if (record.phase !== 'ringing' && record.phase !== 'live') return;
    const before = record.phase;
    record.phase = 'redirecting';
    const events = this.options.events.ofCall(record.callSid);
    try {
      const attempts = await this.update(record);
      if (attempts === 0) return;
      events.redirected(reason, attempts);
      this.options.onRedirected(record, reason);
    } catch (error) {
      events.redirectFailed(reason, error);
      if (record.phase !== 'redirecting' || record.isFallbackFetched) return;
      record.phase = before;
      // One way is left without REST: with its stream closed, Twilio asks for the call's next TwiML by itself (IN5).
      record.session?.abandon();
    }
  }

  /** @returns the tries it took; 0 when the call was over */
  private async update(record: CallRecord): Promise<number> {
    const { accounts } = this.options;
    const account = accounts.account(record.accountSid ?? accounts.defaultAccountSid);
    for (let attempt = 1; ; attempt++) {
      try {
        await account.updateCall(record.callSid, { url: this.fallbackUrl(record) });
        return attempt;
      } catch (error) {
        if (!(error instanceof TwilioRestError)) throw error;
        if (error.isCallNotInProgress || error.isNotFound) return 0;
        if (error.outcomeUnknown && (await this.wasFetched(record))) return attempt;
        if (!error.isRetryable || attempt >= redirectRetry.attempts || isOver(record)) throw error;
        await sleep(backoffMs(redirectRetry, attempt));
        if (isOver(record)) return 0;
      }
    }
  }

  private async wasFetched(record: CallRecord): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < FETCH_WAIT_MS && !record.isFallbackFetched; waitedMs += 50)
      await sleep(50);
    return record.isFallbackFetched;
  }

  /** Where the fallback's TwiML is. */
  fallbackUrl(record: CallRecord): string {
    const { callSid, businessId } = record;
    const token = this.options.tokens.sign(
      {
        callSid,
        businessId,
        carrier: 'twilio',
        generation: 1,
        use: 'fallback',
        iss: this.options.internalUrl(),
      },
      FALLBACK_TOKEN_MS,
    );
    return this.options.publicUrl(`/webhook/fallback?token=${token}`);
  }
}

const isOver = (record: CallRecord): boolean => record.phase === 'ended';
