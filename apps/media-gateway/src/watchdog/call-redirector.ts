import { type CallEventDetail } from '@frontdesk/contracts';
import { type TwilioAccounts, TwilioRestError } from '@frontdesk/telephony';
import { backoffMs, type BackoffPolicy } from '@frontdesk/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import { type GatewayEvents } from '../events';
import { type CallRecord } from '../streams/stream-registry';

export type RedirectReason = CallEventDetail<'call.redirected'>['reason'];

/** Tried again while the caller may still be there; Twilio ends a call without instructions long before. */
const redirectRetry: BackoffPolicy = { attempts: 6, minMs: 250, maxMs: 4000, multiplier: 2 };
/** A redirect whose answer got lost may have worked: then Twilio fetches the fallback within this time. */
const FETCH_WAIT_MS = 2000;
const LOOK_EVERY_MS = 200;

export interface CallRedirectorOptions {
  readonly accounts: TwilioAccounts;
  /** Absolute URL of a call's fallback. */
  readonly fallbackUrl: (record: CallRecord) => string;
  /** Whether a peer saw Twilio fetch the fallback: behind a balancer the request may go to any replica. */
  readonly wasFetchedElsewhere: (callSid: string) => Promise<boolean>;
  readonly events: GatewayEvents;
  /** Told once of each call that was handed to the fallback. */
  readonly onRedirected: (record: CallRecord, reason: RedirectReason) => void;
  /** Told of a call that Twilio says is over. */
  readonly onOver: (record: CallRecord) => void;
}

/** How an attempt to redirect went. */
type Redirected = { readonly attempts: number } | 'over' | 'fetched';

/** Hands a live call to the fallback, within the call, exactly once (IN4). */
export class CallRedirector {
  constructor(private readonly options: CallRedirectorOptions) {}

  /**
   * Resolves when the call was redirected, was over, or could not be redirected. Never rejects.
   * @param isDue asked once the call is marked here, so that of two replicas one sees the other's mark
   */
  async redirect(
    record: CallRecord,
    reason: RedirectReason,
    isDue: () => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<void> {
    if (record.phase !== 'ringing' && record.phase !== 'live') return;
    const before = record.phase;
    record.phase = 'redirecting';
    const events = this.options.events.ofCall(record.callSid);
    try {
      const mustRedirect = await isDue();
      // The call's webhook, fetched again meanwhile, was answered with the fallback: it plays, and once only.
      const outcome = record.isFallbackFetched ? 'fetched' : mustRedirect && (await this.update(record));
      if (!outcome) {
        if (stillRedirecting(record)) record.phase = before;
        return;
      }
      if (outcome === 'over') return this.options.onOver(record);
      events.redirected(reason, outcome === 'fetched' ? 0 : outcome.attempts);
      this.options.onRedirected(record, reason);
    } catch (error) {
      events.redirectFailed(reason, error);
      if (!stillRedirecting(record) || record.isFallbackFetched) return;
      record.phase = before;
      // One way is left without REST: with its stream closed, Twilio asks for the call's next TwiML by itself (IN5).
      record.session?.abandon();
    }
  }

  private async update(record: CallRecord): Promise<Redirected> {
    const { accounts, fallbackUrl } = this.options;
    const account = accounts.account(record.accountSid ?? accounts.defaultAccountSid);
    for (let attempt = 1; ; attempt++) {
      try {
        await account.updateCall(record.callSid, { url: fallbackUrl(record) });
        return { attempts: attempt };
      } catch (error) {
        if (!(error instanceof TwilioRestError)) throw error;
        if (error.isCallNotInProgress || error.isNotFound) return 'over';
        if (error.outcomeUnknown && (await this.isFetchedSoon(record))) return { attempts: attempt };
        if (!error.isRetryable || attempt >= redirectRetry.attempts) throw error;
        await sleep(backoffMs(redirectRetry, attempt));
        if (record.phase === 'ended') return 'over';
        // Twilio may have asked for the call's next TwiML meanwhile, and was sent there.
        if (await this.isFetched(record)) return 'fetched';
      }
    }
  }

  private async isFetchedSoon(record: CallRecord): Promise<boolean> {
    const until = performance.now() + FETCH_WAIT_MS;
    while (performance.now() < until) {
      if (await this.isFetched(record)) return true;
      await sleep(LOOK_EVERY_MS);
    }
    return false;
  }

  private async isFetched(record: CallRecord): Promise<boolean> {
    record.isFallbackFetched ||= await this.options.wasFetchedElsewhere(record.callSid);
    return record.isFallbackFetched;
  }
}

const stillRedirecting = (record: CallRecord): boolean => record.phase === 'redirecting';
