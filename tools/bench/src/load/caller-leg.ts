import { randomBytes } from 'node:crypto';
import { type Socket } from 'node:net';
import { connectInPlace, PlainConnection } from '@frontdesk/runtime';
import { FRAME_BYTES, FRAME_MS, readBase64Stamp, readStamp } from './frame-stamp';
import { MediaTemplate } from './wire/media-template';
import { CLOSE, FrameReader, frameOf, payloadOf, PING, PONG, TEXT } from './wire/web-socket-frames';

/** What happens on Twilio's side of a stream. */
export interface CallerLegListener {
  /** `start` was sent. */
  started(nowMs: number): void;
  /** A media message: its first stamp (-1 when it has none), its frames, all its stamps when it is more than one. */
  media(nowMs: number, frames: number, stamps: readonly number[]): void;
  ended(reason: string): void;
}

export interface CallerLegOptions {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Header X-Twilio-Signature of the upgrade. */
  readonly signature: string;
  readonly accountSid: string;
  readonly callSid: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Base64 of one frame each: of a caller who is silent, and of one who speaks. */
  readonly silentBase64: string;
  readonly speakingBase64: string;
  readonly listener: CallerLegListener;
}

interface PendingMark {
  readonly name: string;
  /** When Twilio will have played all that came before it. */
  readonly dueMs: number;
}

const PAYLOAD_KEY = Buffer.from('"payload":"');
const MEDIA_START = Buffer.from('{"event":"media"');
const MARK_START = Buffer.from('{"event":"mark"');

/**
 * Twilio's side of one media stream: the signed upgrade, connected, start, fifty media messages a second, and a playout
 * buffer that gives marks back when what came before them has been played.
 */
export class CallerLeg {
  readonly streamSid = `MZ${randomBytes(16).toString('hex')}`;
  private readonly socket: Socket;
  /** Past Node's stream, once the upgrade was answered: a generator may cost less than what it measures. */
  private plain: PlainConnection | null = null;
  private readonly reader: FrameReader;
  private readonly silent: MediaTemplate;
  private readonly speaking: MediaTemplate;
  isSpeaking = false;
  private readonly marks: PendingMark[] = [];
  private answer: Buffer | null = Buffer.alloc(0);
  private isStarted = false;
  private isOver = false;
  private chunk = 0;
  /** Twilio plays without a pause until then. */
  playedOutAtMs = 0;

  constructor(private readonly options: CallerLegOptions) {
    const { host, port, path, signature, streamSid } = { ...options, streamSid: this.streamSid };
    this.silent = new MediaTemplate(streamSid, options.silentBase64);
    this.speaking = new MediaTemplate(streamSid, options.speakingBase64);
    this.reader = new FrameReader((opcode, buffer, start, end, mask) =>
      this.frame(opcode, buffer, start, end, mask),
    );
    const { socket, reads } = connectInPlace('tcp', { host, port, noDelay: true });
    reads.taker = (bytes, count) => this.read(bytes, count);
    this.socket = socket;
    this.socket.on('error', (error) => this.over(error.message));
    this.socket.on('close', () => this.over('closed'));
    this.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\n` +
        `User-Agent: TwilioMediaStreams\r\nX-Twilio-Signature: ${signature}\r\n\r\n`,
    );
  }

  /** Bytes of the caller's audio sent. */
  get sentBytes(): number {
    return this.chunk * FRAME_BYTES;
  }

  /** Sends the next media message and the marks that are due. */
  due(nowMs: number): void {
    if (!this.isStarted || this.isOver) return;
    const chunk = ++this.chunk;
    const template = this.isSpeaking ? this.speaking : this.silent;
    this.write(template.next(chunk, (chunk - 1) * FRAME_MS));
    while (this.marks.length > 0 && this.marks[0]!.dueMs <= nowMs) this.echo(this.marks.shift()!.name);
  }

  /** The caller hangs up. */
  hangUp(): void {
    if (this.isOver) return;
    const { accountSid, callSid } = this.options;
    this.sendText({
      event: 'stop',
      sequenceNumber: String(this.chunk + 2),
      streamSid: this.streamSid,
      stop: { accountSid, callSid },
    });
    this.socket.end(frameOf(CLOSE, Buffer.from([0x03, 0xe8]), true));
    this.over('hung up');
  }

  private read(bytes: Buffer, count: number): void {
    if (this.answer === null) this.reader.read(bytes, count);
    else this.readAnswer(bytes.subarray(0, count));
  }

  private readAnswer(bytes: Buffer): void {
    this.answer = Buffer.concat([this.answer!, bytes]);
    const end = this.answer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const status = this.answer.toString('latin1', 9, 12);
    if (status !== '101') {
      this.over(`upgrade answered ${status}`);
      this.socket.destroy();
      return;
    }
    const rest = this.answer.subarray(end + 4);
    this.answer = null;
    this.begin();
    if (rest.length > 0) this.reader.read(rest);
  }

  private begin(): void {
    const { accountSid, callSid, parameters } = this.options;
    this.plain = PlainConnection.of(this.socket);
    this.sendText({ event: 'connected', protocol: 'Call', version: '1.0.0' });
    this.sendText({
      event: 'start',
      sequenceNumber: '1',
      start: {
        accountSid,
        streamSid: this.streamSid,
        callSid,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        customParameters: parameters,
      },
      streamSid: this.streamSid,
    });
    this.isStarted = true;
    this.options.listener.started(performance.now());
  }

  private frame(opcode: number, buffer: Buffer, start: number, end: number, mask: number): void {
    if (opcode === TEXT) return this.message(buffer, start, end);
    if (opcode === PING) this.write(frameOf(PONG, payloadOf(buffer, start, end, mask), true));
    if (opcode === CLOSE) {
      const code = end - start >= 2 ? buffer.readUInt16BE(start) : 1005;
      this.socket.end(frameOf(CLOSE, Buffer.from([0x03, 0xe8]), true));
      this.over(`the gateway closed with ${code}`);
    }
  }

  private message(buffer: Buffer, start: number, end: number): void {
    const nowMs = performance.now();
    if (stands(buffer, start, end, MEDIA_START)) return this.media(buffer, start, end, nowMs);
    if (!stands(buffer, start, end, MARK_START)) return;
    const { mark } = JSON.parse(buffer.toString('utf8', start, end)) as { mark: { name: string } };
    this.marks.push({ name: mark.name, dueMs: Math.max(nowMs, this.playedOutAtMs) });
  }

  private media(buffer: Buffer, start: number, end: number, nowMs: number): void {
    const key = buffer.indexOf(PAYLOAD_KEY, start);
    const from = key + PAYLOAD_KEY.length;
    const to = buffer.indexOf(0x22, from);
    if (key < 0 || to < 0 || to >= end) throw new Error('a media message without a payload');
    const frames = Math.floor((Math.floor((to - from) / 4) * 3) / FRAME_BYTES);
    if (frames === 1) singleStamp[0] = readBase64Stamp(buffer, from);
    this.options.listener.media(nowMs, frames, frames === 1 ? singleStamp : stampsOf(buffer, from, to));
  }

  private echo(name: string): void {
    this.sendText({
      event: 'mark',
      sequenceNumber: String(this.chunk + 2),
      streamSid: this.streamSid,
      mark: { name },
    });
  }

  private sendText(message: object): void {
    this.write(frameOf(TEXT, Buffer.from(JSON.stringify(message)), true));
  }

  private write(frame: Buffer): void {
    if (this.isOver) return;
    if (this.plain) this.plain.send(this.socket, frame, frame.length);
    else this.socket.write(Buffer.from(frame));
  }

  private over(reason: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.options.listener.ended(reason);
  }
}

const stands = (buffer: Buffer, start: number, end: number, expected: Buffer): boolean =>
  end - start >= expected.length &&
  buffer.compare(expected, 0, expected.length, start, start + expected.length) === 0;

/** Reused: a message of one frame is the rule, and its stamp is read up at once. */
const singleStamp = [0];

const stampsOf = (buffer: Buffer, from: number, to: number): number[] => {
  const audio = Buffer.from(buffer.toString('latin1', from, to), 'base64');
  return Array.from({ length: Math.floor(audio.length / FRAME_BYTES) }, (_, frame) =>
    readStamp(audio, frame * FRAME_BYTES),
  );
};
