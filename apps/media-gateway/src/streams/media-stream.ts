import {
  type MediaStreamStart,
  markMessage,
  mediaMessage,
  parseMediaStreamMessage,
} from '@frontdesk/telephony';
import { WebSocket } from 'ws';
import { type GatewayEvents } from '../events';
import { type PlayoutSink } from '../playout/playout';

/** About 8 s of audio that the network did not take: sources wait from here on. */
const SOFT_BUFFER_BYTES = 96 * 1024;
/** A socket that takes nothing and answers no ping for so long is dead, whatever it still brings in (RT4). */
const STUCK_MS = 15_000;
/** From the close asked for to the connection torn down. */
const CLOSE_GRACE_MS = 1000;
const DEBUG_FRAME_EVERY_MS = 1000;

/** What a stream tells. `closed` comes once, and nothing after it. */
export interface MediaStreamListener {
  start(start: MediaStreamStart): void;
  media(payloadBase64: string, timestampMs: number): void;
  mark(name: string): void;
  dtmf(digit: string): void;
  /** Twilio said that the stream is over. */
  stop(): void;
  closed(): void;
}

/** Twilio's end of one media WebSocket: text messages in, typed calls out; media and marks out after `start` only. */
export class MediaStream implements PlayoutSink {
  listener: MediaStreamListener | null = null;
  private streamSid: string | null = null;
  private isOver = false;
  private lastPongMs: number;
  /** Whether any ping was answered. */
  hasPonged = false;
  private lastDebugMs = 0;

  constructor(
    private readonly socket: WebSocket,
    private events: GatewayEvents,
    private readonly nowMs: () => number,
  ) {
    this.lastPongMs = nowMs();
    socket.on('message', (data, isBinary) => this.received(data as Buffer, isBinary));
    socket.on('pong', () => {
      this.lastPongMs = this.nowMs();
      this.hasPonged = true;
    });
    socket.on('error', (error) => this.events.wsStreamError(error.message));
    socket.on('close', (code) => this.ended(code));
  }

  /** Logs under the call's name from now on. */
  nameEvents(events: GatewayEvents): void {
    this.events = events;
  }

  get isWritable(): boolean {
    return this.socket.bufferedAmount < SOFT_BUFFER_BYTES && this.socket.readyState === WebSocket.OPEN;
  }

  /** Nothing of the agent comes through any more. */
  get isStuck(): boolean {
    return this.socket.bufferedAmount >= SOFT_BUFFER_BYTES && this.sincePongMs >= STUCK_MS;
  }

  get sincePongMs(): number {
    return this.nowMs() - this.lastPongMs;
  }

  media(payloadBase64: string): void {
    if (this.streamSid) this.socket.send(mediaMessage(this.streamSid, payloadBase64));
  }

  mark(name: string): void {
    if (this.streamSid) this.socket.send(markMessage(this.streamSid, name));
  }

  ping(): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.ping();
  }

  /** Asks to end. What Twilio has not played yet is lost. Idempotent. */
  close(code = 1000): void {
    if (this.socket.readyState === WebSocket.CLOSED) return;
    this.socket.close(code);
    const torn = setTimeout(() => this.socket.terminate(), CLOSE_GRACE_MS);
    torn.unref();
    this.socket.once('close', () => clearTimeout(torn));
  }

  private received(data: Buffer, isBinary: boolean): void {
    try {
      if (isBinary) this.events.wsBadJson('binary frame');
      else this.dispatch(data.toString('utf8'));
    } catch (error) {
      this.events.wsHandlerError(error);
    }
  }

  private dispatch(text: string): void {
    const message = parseMediaStreamMessage(text);
    switch (message.kind) {
      case 'media':
        if (this.streamSid) this.listener?.media(message.payload, message.timestampMs);
        if (this.events.logger.isDebugEnabled()) this.debugFrame(message.payload.length);
        return;
      case 'mark':
        return this.listener?.mark(message.name);
      case 'dtmf':
        return this.listener?.dtmf(message.digit);
      case 'start':
        if (this.streamSid) return this.events.wsBadJson('a second start');
        this.streamSid = message.streamSid;
        return this.listener?.start(message);
      case 'stop':
        this.events.wsStop();
        return this.listener?.stop();
      case 'connected':
        return;
      case 'unknown':
        return this.events.wsBadJson(`unknown event ${message.event}`);
      case 'malformed':
        return this.events.wsBadJson(message.reason);
    }
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
