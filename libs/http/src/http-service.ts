import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { createApplication } from './application';
import { httpEvents } from './events';
import { type HttpServiceOptions } from './options';
import { type RouteEntry } from './route-table';

/** Bounds against clients that send slowly, hold connections or send too much (SE3). */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** How often node looks for connections that broke the two bounds above. */
const CHECK_INTERVAL_MS = 2_000;
/** Longer than the clients' own keep-alive, so that they close first and no request meets a closing connection. */
const KEEP_ALIVE_MS = 30_000;
/** A connection on which nothing moves in either direction, e.g. a reader that stopped reading. */
const IDLE_SOCKET_MS = 120_000;
const MAX_HEADER_BYTES = 16 * 1024;
const DEFAULT_MAX_CONNECTIONS = 5_000;
const DEFAULT_DRAIN_MS = 5_000;

/** The HTTP side of a service: listening when `listen` returns, drained and closed when disposed. */
export class HttpService implements AsyncDisposable {
  private disposing: Promise<void> | undefined;

  private constructor(
    /** For what express does not do, such as WebSocket upgrades. */
    readonly server: Server,
    readonly port: number,
    /** Every route and how it is protected. */
    readonly routes: readonly RouteEntry[],
    private readonly sockets: ReadonlySet<Socket>,
    private readonly options: HttpServiceOptions,
    private readonly stopping: { value: boolean },
  ) {}

  static async listen(options: HttpServiceOptions): Promise<HttpService> {
    const stopping = { value: false };
    const { app, routes } = createApplication(options, () => stopping.value);
    const server = createServer(
      {
        headersTimeout: HEADERS_TIMEOUT_MS,
        requestTimeout: REQUEST_TIMEOUT_MS,
        connectionsCheckingInterval: CHECK_INTERVAL_MS,
        keepAliveTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      },
      (request, response) => {
        if (stopping.value) response.setHeader('Connection', 'close');
        // node closes the connections that are idle when it stops; those that become idle afterwards are ours to close.
        response.once('close', () => setImmediate(() => stopping.value && server.closeIdleConnections()));
        app(request, response);
      },
    );
    server.maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    server.setTimeout(IDLE_SOCKET_MS);
    const sockets = trackSockets(server);
    server.listen(options.port, options.host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    options.logger.info(httpEvents.listening, { host: options.host, port });
    return new HttpService(server, port, routes, sockets, options, stopping);
  }

  /** Stops accepting, lets running requests finish within `drainMs`, destroys what is left. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.disposing ??= this.close());
  }

  private async close(): Promise<void> {
    this.stopping.value = true;
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    let destroyed = 0;
    const lastResort = setTimeout(() => {
      for (const socket of this.sockets) {
        destroyed += 1;
        socket.destroy();
      }
    }, this.options.drainMs ?? DEFAULT_DRAIN_MS);
    await closed;
    clearTimeout(lastResort);
    this.options.logger.info(httpEvents.drained, { destroyed });
  }
}

/** Upgraded connections are unknown to `closeAllConnections`, so all are kept by hand. */
const trackSockets = (server: Server): ReadonlySet<Socket> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return sockets;
};
