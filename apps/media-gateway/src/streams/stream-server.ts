import { type IncomingMessage, type Server } from 'node:http';
import { type Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { type GatewayEvents } from '../events';

/** Both are the same place; Twilio does not follow redirects (IN2). */
const PATHS = ['/ws/twilio-media', '/ws/twilio-media/'];
/** A media message is about 350 bytes; nothing Twilio sends comes near this. */
const MAX_MESSAGE_BYTES = 64 * 1024;

export interface StreamServerOptions {
  readonly server: Server;
  /** Whether Twilio signed this upgrade. */
  readonly isSigned: (path: string, request: IncomingMessage) => boolean;
  /** False while no more streams are taken. */
  readonly hasRoom: () => boolean;
  readonly onStream: (socket: WebSocket) => void;
  readonly events: GatewayEvents;
}

/** Accepts media streams: 101 at both paths for a signed upgrade, an HTTP error for everything else. */
export const serveStreams = (options: StreamServerOptions): WebSocketServer => {
  const { server, events } = options;
  const webSockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_MESSAGE_BYTES,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const refuse = (socket: Duplex, status: string, reason: string): void => {
    events.wsRefused(reason);
    socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  };
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const path = (request.url ?? '').split('?')[0]!;
    if (!PATHS.includes(path)) return refuse(socket, '404 Not Found', 'unknown path');
    if (!options.isSigned(path, request)) return refuse(socket, '403 Forbidden', 'bad signature');
    if (!options.hasRoom()) return refuse(socket, '503 Service Unavailable', 'full or draining');
    request.socket.setNoDelay(true);
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      events.wsConnected();
      options.onStream(webSocket);
    });
  });
  return webSockets;
};
