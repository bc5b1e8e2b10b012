import {
  Agent,
  type ClientRequest,
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { type Config } from './config';
import { listenForControl } from './control';
import { watchReadiness } from './readiness';
import { Replicas } from './replicas';
import { RequestBody } from './request-body';
import { ownerOf } from './routes';

/** What concerns one connection alone and is not passed on (RFC 9110 §7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer'];

/**
 * Connections to one replica for requests; more wait for one of them, as behind an ingress with its pools. A process of
 * Node takes one new connection in each turn of its event loop, so a connection for each of many requests that come at
 * once is the slow way for all of them.
 */
const CONNECTIONS_TO_REPLICA = 16;

/**
 * The public door of the local stack, as the ingress is in a cluster: one origin, each path handed to its owner, with the
 * Host header and the raw body as they came (signatures are made over them).
 */
export class PublicRouter implements AsyncDisposable {
  private readonly upgraded = new Set<Duplex>();
  private readonly connections = new Agent({ keepAlive: true, maxSockets: CONNECTIONS_TO_REPLICA });
  private readonly gateways: Replicas;
  private readonly dialers: Replicas;
  private readonly readiness: readonly Disposable[];
  private control: Server | undefined;

  private constructor(
    private readonly server: Server,
    private readonly config: Config,
  ) {
    this.gateways = new Replicas(config.gatewayUrls);
    this.dialers = new Replicas(config.dialerUrls);
    this.readiness = [this.gateways, this.dialers].map((replicas) =>
      watchReadiness(replicas, config.readinessMs),
    );
    server.on('request', (request, response) => this.onRequest(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.onUpgrade(request, socket, head),
    );
  }

  static async listen(config: Config): Promise<PublicRouter> {
    const server = createServer();
    const router = new PublicRouter(server, config);
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, config.host, resolve);
    });
    if (config.controlPort !== 0)
      router.control = await listenForControl(router.gateways, config.controlPort);
    return router;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const readiness of this.readiness) readiness[Symbol.dispose]();
    this.control?.closeAllConnections();
    this.control?.close();
    for (const socket of this.upgraded) socket.destroy();
    this.connections.destroy();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private onRequest(request: IncomingMessage, response: ServerResponse): void {
    const owners = this.ownersOf(request.url ?? '/');
    if (owners.length === 0)
      return problem(response, 404, 'Not found', 'only /webhook, /ws and /audio are public');
    const body = new RequestBody(request);
    this.hand(request, owners, [], {
      handed: (onward) => {
        onward.once('response', (answer) => {
          response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.rawHeaders));
          answer.pipe(response);
        });
        response.once('close', () => onward.destroy());
      },
      connected: (onward) => body.sendTo(onward),
      mayRepeat: () => body.isAtHand,
      failed: (owner, error) => {
        if (response.headersSent) return void response.destroy();
        problem(response, 502, 'Bad gateway', `${owner}: ${error.message}`);
      },
    });
  }

  private onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const owners = this.ownersOf(request.url ?? '/');
    if (owners.length === 0) return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    this.hand(request, owners, ['connection', 'Upgrade', 'upgrade', request.headers.upgrade ?? ''], {
      handed: (onward) => {
        onward.once('upgrade', (answer, peer: Socket, peerHead: Buffer) => {
          // A frame is 200 bytes: held back to fill a packet it would be late.
          socket.setNoDelay(true);
          peer.setNoDelay(true);
          socket.write(rawHead(answer));
          if (peerHead.length > 0) socket.write(peerHead);
          if (head.length > 0) peer.write(head);
          this.join(socket, peer);
        });
        onward.once('response', (answer) => {
          socket.write(rawHead(answer, ['connection', 'close']));
          answer.pipe(socket);
        });
        socket.once('close', () => onward.destroy());
      },
      connected: (onward) => void onward.end(),
      mayRepeat: () => false,
      failed: () => void socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n'),
    });
  }

  /** Whom a request goes to, in the order in which they are tried. */
  private ownersOf(target: string): string[] {
    switch (ownerOf(target)) {
      case 'media-gateway':
        return this.gateways.candidates(target);
      case 'recording-service':
        return [this.config.recordingUrl];
      case 'outbound-dialer':
        return this.dialers.candidates(target);
      case undefined:
        return [];
    }
  }

  /**
   * To the first owner; to the next where it refuses the connection, so that nothing of the request was taken, and where a
   * connection that was kept open turns out to be cut: whoever dies cuts it, and the request has crossed that.
   */
  private hand(
    request: IncomingMessage,
    [owner = '', ...others]: readonly string[],
    extraHeaders: readonly string[],
    to: Handing,
  ): void {
    const onward = this.send(owner, request, extraHeaders);
    let isConnected = false;
    let isAnswered = false;
    onward.once('response', () => (isAnswered = true));
    const connected = (): void => {
      isConnected = true;
      this.gateways.note(request.url ?? '/', owner);
      to.connected(onward);
    };
    onward.once('socket', (socket) => {
      if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    onward.once('error', (error) => {
      const isCrossed = onward.reusedSocket && !isAnswered && isCut(error) && to.mayRepeat();
      if ((!isConnected || isCrossed) && others.length > 0) this.hand(request, others, extraHeaders, to);
      else to.failed(owner, error);
    });
    to.handed(onward);
  }

  private send(owner: string, request: IncomingMessage, extraHeaders: readonly string[]): ClientRequest {
    const { hostname, port } = new URL(owner);
    const client = request.socket.remoteAddress ?? '';
    const before = request.headers['x-forwarded-for'];
    const onward = forward({
      hostname,
      port,
      method: request.method,
      path: request.url,
      // A WebSocket keeps its connection.
      agent: request.headers.upgrade === undefined ? this.connections : false,
      setHost: false, // the Host header is among those passed on
      headers: [
        ...withoutHopByHop(request.rawHeaders, ['upgrade', 'x-forwarded-for', 'x-forwarded-proto']),
        ...[
          'x-forwarded-for',
          before ? `${String(before)}, ${client}` : client,
          'x-forwarded-proto',
          'https',
        ],
        ...extraHeaders,
      ],
    });
    const timer = setTimeout(
      () => onward.destroy(new Error(`no answer within ${this.config.answerTimeoutMs} ms`)),
      this.config.answerTimeoutMs,
    );
    for (const event of ['response', 'upgrade', 'close'] as const)
      onward.once(event, () => clearTimeout(timer));
    return onward;
  }

  /** Two ends of one WebSocket: what ends or breaks one ends the other. */
  private join(left: Socket, right: Socket): void {
    for (const [from, to] of [
      [left, right],
      [right, left],
    ] as const) {
      this.upgraded.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.once('close', () => {
        this.upgraded.delete(from);
        to.destroy();
      });
    }
  }
}

const withoutHopByHop = (rawHeaders: readonly string[], more: readonly string[] = []): string[] => {
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (![...HOP_BY_HOP, ...more].includes(name.toLowerCase())) kept.push(name, rawHeaders[index + 1] ?? '');
  }
  return kept;
};

const isCut = ({ code }: NodeJS.ErrnoException): boolean => code === 'ECONNRESET' || code === 'EPIPE';

/** What is done with a request that was handed on. */
interface Handing {
  handed(onward: ClientRequest): void;
  /** From now on the request may be sent; once for each owner. */
  connected(onward: ClientRequest): void;
  /** Whether all of it that was sent can be sent again. */
  mayRepeat(): boolean;
  failed(owner: string, error: Error): void;
}

/** Status line and headers as they go over the wire; those of an upgrade are passed on whole. */
const rawHead = (answer: IncomingMessage, replacement?: readonly string[]): string => {
  const headers = replacement ? [...withoutHopByHop(answer.rawHeaders), ...replacement] : answer.rawHeaders;
  const lines = [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`];
  for (let index = 0; index + 1 < headers.length; index += 2)
    lines.push(`${headers[index]}: ${headers[index + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
};

const problem = (response: ServerResponse, status: number, title: string, detail: string): void => {
  response.writeHead(status, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ type: 'about:blank', title, status, detail }));
};
