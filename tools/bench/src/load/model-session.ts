import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { InPlaceSocket, TextFrameWriter } from '@frontdesk/runtime';
import { FRAME_BYTES, readBase64Stamp } from './frame-stamp';
import { CLOSE, FrameReader, frameOf, payloadOf, PING, PONG, TEXT } from './wire/web-socket-frames';

/** A command of the gateway, as JSON. */
export interface ClientEvent extends Record<string, unknown> {
  readonly type: string;
  readonly event_id?: string;
}

/** What happens on the model's side of a call. */
export interface ModelSessionListener {
  command(event: ClientEvent, nowMs: number): void;
  ended(): void;
}

const APPEND_START = Buffer.from('{"type":"input_audio_buffer.append","audio":"');
/** Of mu-law. */
const BYTES_PER_MS = 8;
const AUDIO_END_LENGTH = '"}'.length;

let sessions = 0;

/**
 * The model's side of one session over a raw socket. Which call it belongs to is known by the first audio that the
 * gateway forwards: each caller's voice carries the number of its call.
 */
export class ModelSession {
  readonly id = `sess_${++sessions}`;
  listener: ModelSessionListener | null = null;
  /** Bytes of caller audio that arrived. */
  audioBytes = 0;
  isReady = false;
  private readonly reader: FrameReader;
  private readonly writer: TextFrameWriter;
  private isOver = false;
  private early: ClientEvent[] = [];
  private readonly unmasked = Buffer.alloc(APPEND_START.length + 8);

  constructor(
    private readonly socket: InPlaceSocket,
    private readonly onCall: (session: ModelSession, call: number) => void,
  ) {
    this.writer = new TextFrameWriter(socket, { isMasked: false });
    this.reader = new FrameReader((opcode, buffer, start, end, mask) =>
      this.frame(opcode, buffer, start, end, mask),
    );
    socket.reads.taker = (bytes, count) => this.reader.read(bytes, count);
    socket.resume();
    // The gateway went without a word: nothing else would tell, as its own end is kept open.
    socket.on('end', () => {
      socket.end();
      this.over();
    });
    socket.on('error', () => this.over());
    socket.on('close', () => this.over());
    this.send(`{"type":"session.created","event_id":"event_1","session":${this.session()}}`);
  }

  /** @param json of ASCII characters alone */
  send(json: string): void {
    if (this.isOver) return;
    this.writer.add(json);
    this.writer.flush();
  }

  /** How far the caller's audio has come: where the model finds that somebody speaks. */
  get audioMs(): number {
    return Math.floor(this.audioBytes / BYTES_PER_MS);
  }

  /** Commands that came before the call was known go to its listener first. */
  attach(listener: ModelSessionListener): void {
    this.listener = listener;
    const nowMs = performance.now();
    for (const event of this.early) listener.command(event, nowMs);
    this.early = [];
  }

  close(): void {
    this.socket.destroy();
  }

  private frame(opcode: number, buffer: Buffer, start: number, end: number, mask: number): void {
    if (opcode === TEXT) return this.message(buffer, start, end, mask);
    if (opcode === PING) this.socket.write(frameOf(PONG, payloadOf(buffer, start, end, mask), false));
    if (opcode === CLOSE) {
      this.socket.end(frameOf(CLOSE, Buffer.from([0x03, 0xe8]), false));
      this.over();
    }
  }

  private message(buffer: Buffer, start: number, end: number, mask: number): void {
    const { unmasked } = this;
    if (end - start >= unmasked.length) {
      for (let index = 0; index < unmasked.length; index++)
        unmasked[index] = buffer[start + index]! ^ buffer[mask + (index & 3)]!;
      if (unmasked.compare(APPEND_START, 0, APPEND_START.length, 0, APPEND_START.length) === 0)
        return this.append(end - start - APPEND_START.length - AUDIO_END_LENGTH);
    }
    this.command(JSON.parse(payloadOf(buffer, start, end, mask).toString()) as ClientEvent);
  }

  private append(base64Length: number): void {
    // Whole frames: what is over is the padding of the base64.
    this.audioBytes += Math.floor((base64Length * 3) / 4 / FRAME_BYTES) * FRAME_BYTES;
    if (this.listener) return;
    const stamp = readBase64Stamp(this.unmasked, APPEND_START.length);
    if (stamp >= 0) this.onCall(this, stamp);
  }

  private command(event: ClientEvent): void {
    if (event.type === 'session.update') {
      this.isReady = true;
      return this.send(`{"type":"session.updated","event_id":"event_2","session":${this.session()}}`);
    }
    if (this.listener) this.listener.command(event, performance.now());
    else this.early.push(event);
  }

  private session(): string {
    const expiresAt = Math.floor(Date.now() / 1000) + 3600;
    return `{"type":"realtime","object":"realtime.session","id":"${this.id}","expires_at":${expiresAt}}`;
  }

  private over(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.listener?.ended();
    this.listener = null;
  }
}

/** The model's server, which also takes the orders of the benchmark. */
export const serveModel = (
  onSession: (socket: InPlaceSocket) => void,
  onOrder: (path: string, body: string) => Promise<unknown>,
): Server => {
  const server = createServer((request, response) => {
    void bodyOf(request)
      .then((body) => onOrder(request.url ?? '', body))
      .then((answer) => response.end(JSON.stringify(answer ?? null)))
      .catch((error: unknown) => {
        response.statusCode = 500;
        response.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
      });
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket) => {
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key'] ?? ''}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64');
    if (socket.destroyed) return;
    const connection = InPlaceSocket.of(socket);
    if (!connection) throw new Error('this Node does not let connections be read in place');
    connection.setNoDelay(true);
    connection.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
    onSession(connection);
  });
  return server;
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = '';
  for await (const piece of request) body += String(piece);
  return body;
};
