import { type z } from 'zod';
import { type MediaStreamHandler, type MessageRefusal } from './messages';
import { dtmfSchema, markSchema, mediaSchema, startSchema, stopSchema } from './schemas';

/**
 * The usual media message in Twilio's key order. Fifty of these a second and call arrive: the payload is cut out of the
 * text, without a parse, and without an object. Any other order or form is parsed.
 */
const HEAD = '{"event":"media","sequenceNumber":"';
const CHUNK = '","media":{"track":"inbound","chunk":"';
const TIMESTAMP = '","timestamp":"';
const PAYLOAD = '","payload":"';
const tailOf = (streamSid: string): string => `"},"streamSid":"${streamSid}"}`;

/** 10 s of chunks. */
const REPEAT_WINDOW_CHUNKS = 500;
const MAX_DIGITS = 12;
const ZERO = 48;
const NINE = 57;
const MAX_DETAIL = 120;

/**
 * Twilio's messages of one media WebSocket: bytes in, calls of the handler out. NEW until a valid `start`; STARTED: media,
 * marks, digits and `stop` of that start's stream; STOPPED: nothing more. What does not fit is refused with a reason
 * and changes nothing, whatever it holds; the decoder itself never throws (what a handler throws goes to the caller).
 * Not kept: anything but the stream's SID and the last chunk's number.
 */
export class MediaStreamDecoder {
  private state: 'new' | 'started' | 'stopped' = 'new';
  private streamSid = '';
  /** How the usual media message of this stream ends. */
  private tail = '';
  private lastChunk = -1;
  /** What `pastNumber` read. */
  private number = 0;

  constructor(private readonly handler: MediaStreamHandler) {}

  /** One WebSocket message. */
  receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) return this.refuse('binary', `${data.length} bytes`);
    // Latin-1 costs a copy and nothing else; whatever is not plain ASCII is read again as what it is.
    if (this.state === 'started' && this.cutMedia(data.toString('latin1'))) return;
    this.parse(data.toString('utf8'));
  }

  private cutMedia(text: string): boolean {
    const to = text.length - this.tail.length;
    if (!text.startsWith(HEAD) || !text.endsWith(this.tail)) return false;
    let at = this.pastNumber(text, HEAD.length);
    if (at < 0 || !text.startsWith(CHUNK, at)) return false;
    at = this.pastNumber(text, at + CHUNK.length);
    if (at < 0 || !text.startsWith(TIMESTAMP, at)) return false;
    const chunk = this.number;
    at = this.pastNumber(text, at + TIMESTAMP.length);
    if (at < 0 || !text.startsWith(PAYLOAD, at)) return false;
    const from = at + PAYLOAD.length;
    // A quote would end the payload early, a backslash is an escape: both are for the parser.
    if (text.indexOf('"', from) !== to || text.indexOf('\\', from) >= 0) return false;
    this.media(text.slice(from, to), this.number, chunk);
    return true;
  }

  /** The index behind 1 to 12 digits, whose number is then in `number`; -1 without them. */
  private pastNumber(text: string, from: number): number {
    let value = 0;
    let at = from;
    for (; at - from <= MAX_DIGITS; at++) {
      const code = text.charCodeAt(at);
      if (!(code >= ZERO && code <= NINE)) break;
      value = value * 10 + code - ZERO;
    }
    this.number = value;
    return at === from || at - from > MAX_DIGITS ? -1 : at;
  }

  private media(payload: string, timestampMs: number, chunk: number): void {
    const behind = this.lastChunk - chunk;
    // Far behind is not a repetition: then the chunk before was wrong, and must not silence the caller for good.
    if (behind >= 0 && behind < REPEAT_WINDOW_CHUNKS)
      return this.refuse('repeated', `chunk ${chunk} after ${this.lastChunk}`);
    this.lastChunk = chunk;
    const isAudio = payload !== '' && this.handler.media(payload, timestampMs);
    if (!isAudio) this.refuse('bad-audio', `${payload.length} characters`);
  }

  private parse(text: string): void {
    let message: unknown;
    try {
      message = JSON.parse(text);
    } catch {
      return this.refuse('not-json', `${text.length} characters`);
    }
    const event = typeof message === 'object' && message !== null && 'event' in message && message.event;
    if (typeof event !== 'string') return this.refuse('no-event', `${text.length} characters`);
    this.dispatch(event, message);
  }

  private dispatch(event: string, message: unknown): void {
    switch (event) {
      case 'connected':
        return;
      case 'start':
        return this.start(message);
      case 'media':
        return this.ofStream(mediaSchema, message, ({ media: { payload, timestamp, chunk } }) =>
          this.media(payload, timestamp, chunk),
        );
      case 'mark':
        return this.ofStream(markSchema, message, ({ mark }) => this.handler.mark(mark.name));
      case 'dtmf':
        return this.ofStream(dtmfSchema, message, ({ dtmf }) => this.handler.dtmf(dtmf.digit));
      case 'stop':
        return this.ofStream(stopSchema, message, () => {
          this.state = 'stopped';
          this.handler.stop();
        });
      default:
        return this.refuse('unknown-event', event);
    }
  }

  private start(message: unknown): void {
    if (this.state !== 'new') return this.refuse('second-start', this.streamSid);
    const { data, error } = startSchema.safeParse(message);
    if (error) return this.refuseField(error);
    this.state = 'started';
    this.streamSid = data.streamSid;
    this.tail = tailOf(data.streamSid);
    this.handler.start(data.start);
  }

  /** What may come between a start and its stop, and only with the start's streamSid. */
  private ofStream<S extends z.ZodType<{ streamSid: string }>>(
    schema: S,
    message: unknown,
    use: (message: z.output<S>) => void,
  ): void {
    if (this.state === 'new') return this.refuse('before-start', '');
    if (this.state === 'stopped') return this.refuse('after-stop', '');
    const { data, error } = schema.safeParse(message);
    if (error) return this.refuseField(error);
    if (data.streamSid !== this.streamSid) return this.refuse('wrong-stream', data.streamSid);
    use(data);
  }

  private refuseField(error: z.ZodError): void {
    const issue = error.issues[0];
    this.refuse('bad-field', issue ? `${issue.path.join('.')}: ${issue.message}` : '');
  }

  private refuse(reason: MessageRefusal, detail: string): void {
    this.handler.refused(reason, detail.slice(0, MAX_DETAIL));
  }
}
