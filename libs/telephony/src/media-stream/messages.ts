/** What Twilio's `start` said: the only source of a stream's SIDs and of our signed token. */
export interface MediaStreamStart {
  readonly streamSid: string;
  readonly callSid: string;
  readonly accountSid: string;
  /** The `<Parameter>`s of the TwiML: our signed token travels here. */
  readonly customParameters: Readonly<Record<string, string>>;
  readonly mediaFormat: {
    readonly encoding: string;
    readonly sampleRate: number;
    readonly channels: number;
  };
}

/** Why a message of the media WebSocket is not used; a closed list, so that refusals can be counted by it. */
export const messageRefusals = [
  /** A binary frame: Twilio sends text only. */
  'binary',
  'not-json',
  /** JSON, but no object with an `event`. */
  'no-event',
  'unknown-event',
  /** A field is missing, of a wrong type, or outside of its bounds. */
  'bad-field',
  /** Its streamSid is not the one of this socket's `start`. */
  'wrong-stream',
  'before-start',
  'second-start',
  'after-stop',
  /** A chunk that came before, or whose turn has passed. */
  'repeated',
  /** The payload is empty or not base64. */
  'bad-audio',
] as const;
export type MessageRefusal = (typeof messageRefusals)[number];

/** Who is told what a media stream says, in the order it came. */
export interface MediaStreamHandler {
  start(start: MediaStreamStart): void;
  /**
   * Caller audio as it came: usually 160 bytes of mu-law, but no size is promised. Its base64 is the bytes `from` to `to`
   * of the message, which are only lent.
   * @param timestampMs since the stream began; jumps where the line carried nothing
   * @returns false when that is not base64 through and through: nothing of it was taken, and it is refused as `bad-audio`
   */
  media(message: Uint8Array, from: number, to: number, timestampMs: number): boolean;
  mark(name: string): void;
  dtmf(digit: string): void;
  /** Twilio said that the stream is over. */
  stop(): void;
  /** A message that is not used; the stream goes on. `detail` is bounded, and for people. */
  refused(reason: MessageRefusal, detail: string): void;
}
