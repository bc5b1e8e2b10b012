import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { InPlaceSocket } from '@frontdesk/runtime';
import { WebSocketServer, type WebSocket } from 'ws';
import { type GatewayEvents } from '../events';
import { type UpgradeRefusal } from './refusals';

/** Both are the same place; Twilio does not follow redirects (IN2). */
const PATHS = ['/ws/twilio-media', '/ws/twilio-media/'];
/** A media message is about 350 bytes; nothing Twilio sends comes near this. A larger one ends its socket with 1009. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

export interface StreamServerOptions {
  readonly server: Server;
  /** Whether Twilio signed this upgrade. */
  readonly isSigned: (path: string, request: IncomingMessage) => boolean;
  /** False while no more streams are taken. */
  readonly hasRoom: () => boolean;
  /** @param connection what the WebSocket stands on */
  readonly onStream: (socket: WebSocket, connection: Duplex) => void;
  readonly events: GatewayEvents;
}

const statuses: Record<UpgradeRefusal, string> = {
  'unknown-path': '404 Not Found',
  'bad-signature': '403 Forbidden',
  full: '503 Service Unavailable',
  'bad-handshake': '400 Bad Request',
};

/** Accepts media streams: 101 at both paths for a signed upgrade, an HTTP error for everything else. */
export const serveStreams = (options: StreamServerOptions): WebSocketServer => {
  const { server, events } = options;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    // Checking every message costs; bytes that are no UTF-8 end up as replacement characters in a text, no more.
    skipUTF8Validation: true,
    clientTracking: true,
  });
  const refuse = (socket: Duplex, reason: UpgradeRefusal, detail = ''): void => {
    events.wsRefused({ at: 'upgrade', reason }, detail);
    // Node's server keeps half-open connections: without this, a refused client could hold one for good.
    socket.once('finish', () => socket.destroy());
    socket.end(`HTTP/1.1 ${statuses[reason]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };
  webSockets.on('wsClientError', (error, socket) => refuse(socket, 'bad-handshake', error.message));
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?')[0]!;
    if (!PATHS.includes(path)) return refuse(socket, 'unknown-path');
    // Before everything that costs something: only who knows the Auth Token comes further (SE1).
    if (!options.isSigned(path, request)) return refuse(socket, 'bad-signature');
    if (!options.hasRoom()) return refuse(socket, 'full');
    request.socket.setNoDelay(true);
    // Frames that came with the request, before any answer to it, are the library's, which then has the rest as well.
    const connection = (head.length === 0 ? InPlaceSocket.of(socket) : null) ?? socket;
    connection.on('error', () => connection.destroy());
    webSockets.handleUpgrade(request, connection, head, (webSocket) => {
      events.wsConnected();
      options.onStream(webSocket, connection);
    });
  });
  return webSockets;
};
