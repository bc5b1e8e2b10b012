import { isSameInConstantTime } from '@frontdesk/runtime';
import { createHmac } from 'node:crypto';

/** URLs made within one step are the same: Twilio keeps what it fetched, and the next call need not wait for it. */
const STEP_MS = 10 * 60_000;
/** Tells these signatures from everything else that the same secret signs. */
const PURPOSE = 'audio';

export interface AudioUrlsOptions {
  /** [STREAM_TOKEN_SECRET] The first signs, all verify. */
  readonly secrets: readonly string[];
  readonly publicUrl: { http(path: string): string };
  /** UTC, ms. */
  readonly now: () => number;
}

/** What a request claims: the query of {@link AudioUrls.of}. */
export interface AudioClaim {
  readonly key: string;
  readonly expires: string | null;
  readonly signature: string | null;
}

/**
 * The URLs at which Twilio fetches the audio of a prompt: `/audio/KEY.wav?expires=…&signature=…`, an HMAC-SHA256 of key and
 * expiry (seconds since the epoch). One holds for 10 to 20 minutes: for as long as a call may take to get there, and to be
 * fetched again.
 */
export class AudioUrls {
  constructor(private readonly options: AudioUrlsOptions) {}

  /** @param key of the frames */
  of(key: string): string {
    const { secrets, publicUrl, now } = this.options;
    const expires = String(((Math.floor(now() / STEP_MS) + 2) * STEP_MS) / 1000);
    return publicUrl.http(
      `/audio/${key}.wav?expires=${expires}&signature=${sign(secrets[0]!, key, expires)}`,
    );
  }

  /** How long the URL of a request holds yet, in seconds; or why it does not. */
  check({ key, expires, signature }: AudioClaim): number | 'expired' | 'forged' {
    const { secrets, now } = this.options;
    const isOurs =
      expires !== null &&
      signature !== null &&
      secrets.some((secret) => isSameInConstantTime(sign(secret, key, expires), signature));
    if (!isOurs) return 'forged';
    const leftSec = Math.ceil(Number(expires) - now() / 1000);
    return leftSec > 0 ? leftSec : 'expired';
  }
}

const sign = (secret: string, key: string, expires: string): string =>
  createHmac('sha256', secret).update(`${PURPOSE}\n${key}\n${expires}`).digest('base64url');
