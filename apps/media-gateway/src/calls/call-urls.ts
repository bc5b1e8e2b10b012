import { ConfigError } from '@frontdesk/runtime';
import {
  connectStream,
  type PublicUrl,
  type StreamTokenClaims,
  type StreamTokens,
} from '@frontdesk/telephony';
import { type CallRecord } from '../streams/stream-registry';

/** Twilio opens the stream within seconds; a token is good for no longer than the start watch could care. */
const STREAM_TOKEN_MS = 60_000;
/** The longest a call may last at Twilio without asking them: its last webhook still knows whose call it is. */
const CALL_TOKEN_MS = 5 * 60 * 60 * 1000;

/** As long as a stream's token becomes: an outbound call that comes back from a transfer after many streams. */
const LONGEST: UrlSubject = {
  callSid: `CA${'0'.repeat(32)}`,
  businessId: '00000000-0000-7000-8000-000000000000',
  attemptId: '00000000-0000-7000-8000-000000000000',
  generation: 999,
  resumes: 9,
  startedAt: new Date(9_999_999_999_000),
  transferOutcome: 'no-answer',
};

/** What a URL or a stream's token is made from. */
export type UrlSubject = Pick<CallRecord, 'callSid' | 'businessId' | 'attemptId' | 'generation' | 'resumes'> &
  Partial<Pick<CallRecord, 'startedAt' | 'transferOutcome'>>;

export interface CallUrlsOptions {
  readonly tokens: StreamTokens;
  readonly publicUrl: Pick<PublicUrl, 'http' | 'webSocket'>;
  readonly internalUrl: () => string;
}

/**
 * The URLs Twilio is given about a call. Each carries a signed token with business, generation and attempt, so that
 * whichever replica is asked knows whose call it is, even when everybody who knew is gone.
 */
export class CallUrls {
  constructor(private readonly options: CallUrlsOptions) {}

  /** Throws a {@link ConfigError} when a token with this internal address would not fit: not first in the middle of a call. */
  checkLength(): void {
    try {
      this.sign(LONGEST, STREAM_TOKEN_MS);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ConfigError([`INTERNAL_URL does not fit: ${error.message}`]);
    }
  }

  /** TwiML that opens the stream of this generation. */
  streamTwiml(call: UrlSubject): string {
    const { publicUrl } = this.options;
    const about = `?call=${this.sign(call, CALL_TOKEN_MS, 'call')}`;
    return connectStream({
      url: publicUrl.webSocket('/ws/twilio-media'),
      actionUrl: publicUrl.http(`/webhook/stream_ended${about}`),
      statusCallbackUrl: publicUrl.http(`/webhook/stream_status${about}`),
      parameters: {
        call_sid: call.callSid,
        business_id: call.businessId ?? '',
        token: this.sign(call, STREAM_TOKEN_MS),
      },
    });
  }

  /** Where the fallback's TwiML is. */
  fallback(call: UrlSubject): string {
    const token = this.sign(call, CALL_TOKEN_MS, 'fallback');
    return this.options.publicUrl.http(`/webhook/fallback?token=${token}`);
  }

  /** What Twilio asks for when a transfer is over. */
  transferEnded(call: UrlSubject): string {
    const token = this.sign(call, CALL_TOKEN_MS, 'call');
    return this.options.publicUrl.http(`/webhook/transfer_ended?call=${token}`);
  }

  /** What the token of a webhook's URL says of its call; null when it does not hold or is another call's. */
  claimsOf(token: string | null, callSid: string): StreamTokenClaims | null {
    try {
      const claims = this.options.tokens.verify(token ?? '');
      return claims.use && claims.callSid === callSid ? claims : null;
    } catch {
      return null;
    }
  }

  private sign(call: UrlSubject, forMs: number, use?: 'fallback' | 'call'): string {
    const { callSid, businessId, attemptId, generation, resumes, startedAt, transferOutcome } = call;
    return this.options.tokens.sign(
      {
        callSid,
        businessId,
        carrier: 'twilio',
        generation,
        resumes,
        iss: this.options.internalUrl(),
        ...(attemptId ? { attemptId } : {}),
        ...(startedAt ? { startedAt: Math.floor(startedAt.getTime() / 1000) } : {}),
        ...(transferOutcome ? { transfer: transferOutcome } : {}),
        ...(use ? { use } : {}),
      },
      forMs,
    );
  }
}
