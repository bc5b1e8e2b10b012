import { type z } from 'zod';
import { type MediaStreamHandler, type MessageRefusal } from './messages';
import { dtmfSchema, markSchema, mediaSchema, startSchema, stopSchema } from './schemas';

/**
 * The usual media message in Twilio's key order. Fifty of these a second and call arrive: the payload is cut out of the
 * bytes, without a parse, without an object, and without a text of the rest. Any other order or form is parsed.
 */
const HEAD = Buffer.from('{"event":"media","sequenceNumber":"');
const CHUNK = Buffer.from('","media":{"track":"inbound","chunk":"');
const TIMESTAMP = Buffer.from('","timestamp":"');
const PAYLOAD = Buffer.from('","payload":"');
/** And the usual echo of a mark, of which several come every second. */
const MARK_HEAD = Buffer.from('{"event":"mark","sequenceNumber":"');
const markNameHead = (streamSid: string): Buffer =>
  Buffer.from(`","streamSid":"${streamSid}","mark":{"name":"`);
const MARK_TAIL = Buffer.from('"}}');
const MAX_MARK_NAME = 256;
const tailOf = (streamSid: string): Buffer => Buffer.from(`"},"streamSid":"${streamSid}"}`);
const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

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
  private tail: Buffer = Buffer.alloc(0);
  /** What stands before the name in the usual mark of this stream. */
  private markNameHead: Buffer = Buffer.alloc(0);
  private lastChunk = -1;
  /** What `pastNumber` read. */
  private number = 0;

  constructor(private readonly handler: MediaStreamHandler) {}

  /** One WebSocket message. */
  receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) return this.refuse('binary', `${data.length} bytes`);
    this.receiveText(data, 0, data.length);
  }

  /** One text message: the bytes `from` to `to`, which are only lent. */
  receiveText(data: Buffer, from: number, to: number): void {
    if (this.state === 'started' && (this.cutMedia(data, from, to) || this.cutMark(data, from, to))) return;
    this.parse(data.toString('utf8', from, to));
  }

  private cutMedia(data: Buffer, start: number, end: number): boolean {
    const to = end - this.tail.length;
    if (to < start || !stands(data, start, HEAD) || !stands(data, to, this.tail)) return false;
    let at = this.pastNumber(data, start + HEAD.length, to);
    if (at < 0 || !stands(data, at, CHUNK)) return false;
    at = this.pastNumber(data, at + CHUNK.length, to);
    if (at < 0 || !stands(data, at, TIMESTAMP)) return false;
    const chunk = this.number;
    at = this.pastNumber(data, at + TIMESTAMP.length, to);
    if (at < 0 || !stands(data, at, PAYLOAD)) return false;
    const from = at + PAYLOAD.length;
    if (from > to) return false;
    if (this.isRepeated(chunk)) return true;
    if (this.takes(data, from, to, this.number, chunk)) return true;
    // Whoever decodes audio looks at every character: only what was not taken can hold an escape, or end before `to`.
    if (!isPlain(data, from, to)) return false;
    this.refuseAudio(chunk, to - from);
    return true;
  }

  private cutMark(data: Buffer, start: number, end: number): boolean {
    const to = end - MARK_TAIL.length;
    if (to < start || !stands(data, start, MARK_HEAD) || !stands(data, to, MARK_TAIL)) return false;
    const at = this.pastNumber(data, start + MARK_HEAD.length, to);
    if (at < 0 || !stands(data, at, this.markNameHead)) return false;
    const from = at + this.markNameHead.length;
    if (to < from || to - from > MAX_MARK_NAME || !isPlain(data, from, to)) return false;
    this.handler.mark(data.toString('latin1', from, to));
    return true;
  }

  /** The index behind 1 to 12 digits, whose number is then in `number`; -1 without them. */
  private pastNumber(data: Buffer, from: number, end: number): number {
    let value = 0;
    let at = from;
    for (; at - from <= MAX_DIGITS && at < end; at++) {
      const code = data[at]!;
      if (code < ZERO || code > NINE) break;
      value = value * 10 + code - ZERO;
    }
    this.number = value;
    return at === from || at - from > MAX_DIGITS ? -1 : at;
  }

  private isRepeated(chunk: number): boolean {
    const behind = this.lastChunk - chunk;
    // Far behind is not a repetition: then the chunk before was wrong, and must not silence the caller for good.
    const isRepeated = behind >= 0 && behind < REPEAT_WINDOW_CHUNKS;
    if (isRepeated) this.refuse('repeated', `chunk ${chunk} after ${this.lastChunk}`);
    return isRepeated;
  }

  private takes(message: Uint8Array, from: number, to: number, timestampMs: number, chunk: number): boolean {
    if (to === from || !this.handler.media(message, from, to, timestampMs)) return false;
    this.lastChunk = chunk;
    return true;
  }

  private refuseAudio(chunk: number, characters: number): void {
    this.lastChunk = chunk;
    this.refuse('bad-audio', `${characters} characters`);
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
        return this.ofStream(mediaSchema, message, ({ media: { payload, timestamp, chunk } }) => {
          const base64 = Buffer.from(payload);
          if (this.isRepeated(chunk) || this.takes(base64, 0, base64.length, timestamp, chunk)) return;
          this.refuseAudio(chunk, base64.length);
        });
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
    this.markNameHead = markNameHead(data.streamSid);
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

/**
 * A text that means itself: a quote would end it early, a backslash begins an escape, control characters are no JSON. With
 * one of these, or with anything but ASCII, it is for the parser.
 */
const isPlain = (data: Buffer, from: number, to: number): boolean => {
  for (let index = from; index < to; index++) {
    const byte = data[index]!;
    if (byte < SPACE || byte === QUOTE || byte === BACKSLASH || byte > 0x7e) return false;
  }
  return true;
};

/** A loop: for a few dozen bytes cheaper than a call out of JavaScript. */
const stands = (data: Buffer, at: number, expected: Buffer): boolean => {
  if (at < 0 || at + expected.length > data.length) return false;
  for (let index = 0; index < expected.length; index++)
    if (data[at + index] !== expected[index]) return false;
  return true;
};
