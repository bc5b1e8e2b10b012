import { type MessageRefusal } from '@frontdesk/telephony';

/** Why an upgrade gets no WebSocket. */
export type UpgradeRefusal = 'unknown-path' | 'bad-signature' | 'full' | 'bad-handshake';

/** Why a WebSocket may carry no call. */
export type StartRefusal =
  | 'late'
  | 'noise'
  | 'no-token'
  | 'token-expired'
  | 'token-invalid'
  | 'token-of-fallback'
  | 'token-of-another-call'
  | 'token-of-another-business'
  | 'token-used'
  | 'older-generation'
  | 'call-over'
  | 'media-format'
  | 'leaving'
  | 'failed';

/** Why the WebSocket protocol ended a stream: a message over the limit, or bytes that are no WebSocket. */
export type SocketRefusal = 'too-large' | 'protocol';

/** Why a key that the caller pressed is not used: no person types so fast. */
export type KeyRefusal = 'too-many-keys';

/** Why an event of the model is not used. */
export type ModelRefusal = 'malformed';

/** Why a webhook that Twilio signed is not used as it is. */
export type WebhookRefusal = 'bad-field';

/** Why a URL of a prompt's audio is not served. */
export type AudioRefusal = 'expired' | 'forged';

/**
 * Everything from outside that is not used, as `gateway_refused_total` counts it: where, and why. Both are closed lists,
 * so that nobody outside can make the metric grow.
 */
export type Refusal =
  | { readonly at: 'upgrade'; readonly reason: UpgradeRefusal }
  | { readonly at: 'start'; readonly reason: StartRefusal }
  | { readonly at: 'message'; readonly reason: MessageRefusal | SocketRefusal | KeyRefusal }
  | { readonly at: 'webhook'; readonly reason: WebhookRefusal }
  | { readonly at: 'audio'; readonly reason: AudioRefusal }
  | { readonly at: 'model'; readonly reason: ModelRefusal };

/** A stream that may not carry its call. */
export class StreamRefusal extends Error {
  constructor(
    readonly reason: StartRefusal,
    detail = '',
  ) {
    super(detail);
    this.name = 'StreamRefusal';
  }
}
