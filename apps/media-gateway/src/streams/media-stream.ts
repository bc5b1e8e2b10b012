import {
  clearMessage,
  type MediaStreamStart,
  markMessage,
  mediaMessageParts,
  MediaStreamDecoder,
  type MessageRefusal,
} from '@frontdesk/telephony';
import { type FrameSocket, InPlaceSocket, readTextFrames, TextFrameWriter } from '@frontdesk/runtime';
import { WebSocket } from 'ws';
import { type GatewayEvents } from '../events';
import { type PlayoutSink } from '../playout/playout';
import { PingWatch } from './ping-watch';
import { type SocketRefusal } from './refusals';

/** About 8 s of audio that the network did not take: sources wait from here on. */
export const SOFT_BUFFER_BYTES = 96 * 1024;
/** More than ever waits behind the soft bound: whatever got it here, the socket is closed (RT4). */
export const HARD_BUFFER_BYTES = 256 * 1024;
/** A socket that answers no ping for so long is dead, whatever it still brings in (RT4). */
export const DEAD_MS = 15_000;
/** From the close asked for to the connection torn down. */
const CLOSE_GRACE_MS = 1000;
const DEBUG_FRAME_EVERY_MS = 1000;
/** Where the connection has a buffer of its own: the lead of a talk spurt, 7 frames, and a mark; more costs another. */
const WRITER_BYTES = 2560;

/** What a stream tells. `closed` comes once, and nothing after it. */
export interface MediaStreamListener {
  start(start: MediaStreamStart): void;
  /**
   * The base64 of the caller's audio is the bytes `from` to `to` of the message, which are only lent.
   * @returns false for audio that cannot be decoded
   */
  media(message: Uint8Array, from: number, to: number, timestampMs: number): boolean;
  mark(name: string): void;
  dtmf(digit: string): void;
  /** Twilio said that the stream is over. */
  stop(): void;
  /** A message was not used. */
  refused?(): void;
  closed(): void;
}

/** Twilio's end of one media WebSocket: messages in, typed calls out; media and marks out after `start` only (IN3). */
export class MediaStream implements PlayoutSink {
  listener: MediaStreamListener | null = null;
  private readonly pings = new PingWatch();
  private streamSid: string | null = null;
  /** Around the audio of every media message of this stream. */
  private mediaHead: Uint8Array = new Uint8Array();
  private mediaTail: Uint8Array = new Uint8Array();
  private isClosing = false;
  private isOver = false;
  /** The library found a fault: it reads no more, and neither does anybody past it. */
  private hasFailed = false;
  /** Whether media messages are told to the log; asked once, because of fifty a second. */
  private readonly isDebugging: boolean;
  private lastDebugMs = 0;
  private readonly writer: TextFrameWriter;

  /** @param connection what the WebSocket stands on: media goes there directly, and comes so where that can be done */
  constructor(
    private readonly socket: WebSocket,
    private readonly connection: FrameSocket,
    private events: GatewayEvents,
    private readonly nowMs: () => number,
  ) {
    this.isDebugging = events.logger.isDebugEnabled();
    this.writer = new TextFrameWriter(connection, { isMasked: false, capacityBytes: WRITER_BYTES });
    const decoder = new MediaStreamDecoder({
      start: (start) => {
        this.streamSid = start.streamSid;
        ({ head: this.mediaHead, tail: this.mediaTail } = mediaMessageParts(start.streamSid));
        this.listener?.start(start);
      },
      media: (message, from, to, timestampMs) => {
        if (this.isDebugging) this.debugFrame(to - from);
        return this.listener?.media(message, from, to, timestampMs) ?? true;
      },
      mark: (name) => this.listener?.mark(name),
      dtmf: (digit) => this.listener?.dtmf(digit),
      stop: () => {
        this.events.wsStop();
        this.listener?.stop();
      },
      refused: (reason, detail) => this.refused(reason, detail),
    });
    const receive = (bytes: Buffer, from: number, to: number, isBinary: boolean): void => {
      try {
        if (isBinary) decoder.receive(bytes, isBinary);
        else decoder.receiveText(bytes, from, to);
      } catch (error) {
        this.events.wsHandlerError(error);
      }
    };
    if (connection instanceof InPlaceSocket)
      readTextFrames(connection.reads, (bytes, from, to) => {
        if (!this.hasFailed) receive(bytes, from, to, false);
      });
    socket.on('message', (data: Buffer, isBinary) => receive(data, 0, data.length, isBinary));
    socket.on('pong', () => this.pings.ponged());
    socket.on('error', (error) => this.failed(error));
    socket.on('close', (code) => this.ended(code));
  }

  /** Logs under the call's name from now on. */
  nameEvents(events: GatewayEvents): void {
    this.events = events;
  }

  get isWritable(): boolean {
    return this.connection.writableLength < SOFT_BUFFER_BYTES && this.socket.readyState === WebSocket.OPEN;
  }

  /**
   * Nobody is there any more (RT4). A slow socket is not dead: it takes its pings late, and answers them. An end that has
   * never answered a ping may not know them; it counts as dead only when it takes no audio either.
   */
  get isDead(): boolean {
    const { bufferedAmount, readyState } = this.socket;
    if (readyState !== WebSocket.OPEN) return false;
    if (bufferedAmount >= HARD_BUFFER_BYTES) return true;
    const knowsPings = this.pings.hasPonged || bufferedAmount >= SOFT_BUFFER_BYTES;
    return knowsPings && this.pings.unansweredMs >= DEAD_MS;
  }

  /** How long pings have gone unanswered; 0 while they are answered. */
  get unansweredMs(): number {
    return this.pings.unansweredMs;
  }

  /** Whether any ping was answered. */
  get hasPonged(): boolean {
    return this.pings.hasPonged;
  }

  media(mulaw: Uint8Array, from: number, to: number): void {
    if (this.canSend) this.writer.addBase64(this.mediaHead, mulaw, from, to, this.mediaTail);
  }

  mark(name: string): void {
    if (this.canSend) this.writer.add(markMessage(this.streamSid!, name));
  }

  flush(): void {
    if (this.canSend) this.writer.flush();
  }

  clear(): void {
    // It is about what was sent before it.
    this.flush();
    if (this.streamSid) this.socket.send(clearMessage(this.streamSid));
  }

  /** Whether it can be read at times of ours, not whenever something comes: where the connection is a plain one. */
  get canReadNow(): boolean {
    return this.connection instanceof InPlaceSocket && this.connection.canReadNow;
  }

  /** Reads what has come by now; to be called again and again, until the stream is closed. */
  readNow(): void {
    if (this.connection instanceof InPlaceSocket && !this.isClosing) this.connection.readNow();
  }

  ping(): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.pings.pinged(this.nowMs());
    this.socket.ping();
  }

  /** Asks to end. What Twilio has not played yet is lost. Idempotent. */
  close(code = 1000): void {
    if (this.isClosing || this.socket.readyState === WebSocket.CLOSED) return;
    this.isClosing = true;
    // The other end's answer to this is waited for.
    if (this.connection instanceof InPlaceSocket) this.connection.readAsItComes();
    this.socket.close(code);
    const torn = setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS);
    torn.unref();
    this.socket.once('close', () => clearTimeout(torn));
  }

  private get canSend(): boolean {
    return this.streamSid !== null && this.socket.readyState === WebSocket.OPEN;
  }

  private refused(reason: MessageRefusal | SocketRefusal, detail: string): void {
    this.events.wsBadJson(reason, detail);
    this.listener?.refused?.();
  }

  /** ws closes the socket by itself after an error. */
  private failed(error: Error & { code?: unknown }): void {
    this.hasFailed = true;
    if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') this.refused('too-large', error.message);
    else if (String(error.code).startsWith('WS_ERR_')) this.refused('protocol', error.message);
    this.events.wsStreamError(error.message);
  }

  private debugFrame(length: number): void {
    if (this.nowMs() - this.lastDebugMs < DEBUG_FRAME_EVERY_MS) return;
    this.lastDebugMs = this.nowMs();
    this.events.wsFrame(length);
  }

  private ended(code: number): void {
    if (this.isOver) return;
    this.isOver = true;
    this.events.wsClosed(code);
    this.listener?.closed();
    this.listener = null;
  }
}
