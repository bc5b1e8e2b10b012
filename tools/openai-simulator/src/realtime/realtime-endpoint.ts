import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { ApiError } from '../http/answers';
import { checkHandshake } from './handshake';
import { RealtimeSession } from './session';
import { type SessionContext } from './session-context';

/** A frame may hold 15 MiB of audio as base64 and a little JSON. */
const MAX_FRAME_BYTES = 22 * 1024 * 1024;

/** Upgrades `/v1/realtime` and runs one session a socket. */
export class RealtimeEndpoint {
  readonly sessions = new Map<string, RealtimeSession>();
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });

  constructor(private readonly context: SessionContext) {}

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = new URL(request.url ?? '/', 'http://simulator');
    try {
      const model = checkHandshake(request, url, this.context.faults);
      this.server.handleUpgrade(request, socket, head, (webSocket) => this.open(model, webSocket));
    } catch (error) {
      refuseUpgrade(
        socket,
        error instanceof ApiError ? error : new ApiError(500, 'The server had an error.'),
      );
    }
  }

  /** Ends every session without waiting for its client. */
  close(): void {
    for (const client of this.server.clients) client.terminate();
    this.server.close();
  }

  private open(model: string, socket: WebSocket): void {
    const session = new RealtimeSession(model, this.context, {
      send: (text) => socket.send(text),
      close: (code, reason) => socket.close(code, reason),
      drop: () => socket.terminate(),
    });
    this.sessions.set(session.id, session);
    socket.on('message', (data, isBinary) => {
      if (isBinary) session.receiveBinary();
      else session.receive((data as Buffer).toString('utf8'));
    });
    // A frame past the bound or a broken one: ws closes the socket itself.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      session.closed();
      this.sessions.delete(session.id);
    });
  }
}

const refuseUpgrade = (socket: Duplex, error: ApiError): void => {
  const { status, body } = error;
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
};
