import VoiceResponse from 'twilio/lib/twiml/VoiceResponse';

export interface ConnectStreamOptions {
  /** `wss://…` without a query: Twilio drops one or refuses the handshake (31920). */
  readonly url: string;
  /** Asked for when the stream ends, for whatever reason. Without it the call would end. */
  readonly actionUrl: string;
  readonly statusCallbackUrl?: string;
  /** Sent back in `start`; name and value together stay under 500 characters. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Twilio's bound on a `<Parameter>`'s name and value together is "under 500 characters". */
const MAX_PARAMETER_LENGTH = 499;

/** `<Connect action><Stream>`: the call's audio goes both ways over our WebSocket. */
export const connectStream = (options: ConnectStreamOptions): string => {
  const url = new URL(options.url);
  if (url.protocol !== 'wss:') throw new RangeError(`a stream's URL must be wss, got ${url.protocol}`);
  if (url.search) throw new RangeError("a stream's URL may not have a query");
  for (const [name, value] of Object.entries(options.parameters))
    if (name.length + value.length > MAX_PARAMETER_LENGTH)
      throw new RangeError(
        `parameter ${name} is longer than ${MAX_PARAMETER_LENGTH} characters with its name`,
      );
  const response = new VoiceResponse();
  const stream = response.connect({ action: options.actionUrl, method: 'POST' }).stream({
    url: options.url,
    ...(options.statusCallbackUrl && {
      statusCallback: options.statusCallbackUrl,
      statusCallbackMethod: 'POST',
    }),
  });
  for (const [name, value] of Object.entries(options.parameters)) stream.parameter({ name, value });
  return response.toString();
};
