/** What Twilio sends on the media WebSocket, as values. A message never throws: what cannot be read is `malformed`. */
export type MediaStreamMessage =
  | { readonly kind: 'connected' }
  | MediaStreamStart
  | {
      readonly kind: 'media';
      /** Base64 of mu-law, as it came: usually 160 bytes, but no size is promised. */
      readonly payload: string;
      /** Milliseconds since the stream began; jumps where the line carried nothing. */
      readonly timestampMs: number;
      /** Counts media messages from 1. */
      readonly chunk: number;
    }
  | { readonly kind: 'mark'; readonly name: string }
  | { readonly kind: 'dtmf'; readonly digit: string }
  | { readonly kind: 'stop' }
  | { readonly kind: 'unknown'; readonly event: string }
  | { readonly kind: 'malformed'; readonly reason: string };

export interface MediaStreamStart {
  readonly kind: 'start';
  readonly streamSid: string;
  readonly callSid: string;
  readonly accountSid: string;
  readonly tracks: readonly string[];
  /** The `<Parameter>`s of the TwiML: our signed token travels here. */
  readonly customParameters: Readonly<Record<string, string>>;
  readonly mediaFormat: {
    readonly encoding: string;
    readonly sampleRate: number;
    readonly channels: number;
  };
}
