import {
  createServer,
  request as forward,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { type AddressInfo, type Socket } from 'node:net';
import { type Duplex } from 'node:stream';
import { type Config } from './config';
import { ownerOf } from './routes';

/** What concerns one connection alone and is not passed on (RFC 9110 §7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'te', 'trailer'];

/**
 * The public door of the local stack, as the ingress is in a cluster: one origin, each path handed to its owner, with the
 * Host header and the raw body as they came (signatures are made over them).
 */
export class PublicRouter implements AsyncDisposable {
  private readonly upgraded = new Set<Duplex>();

  private constructor(
    private readonly server: Server,
    private readonly config: Config,
  ) {
    server.on('request', (request, response) => this.onRequest(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.onUpgrade(request, socket, head),
    );
  }

  static listen(config: Config): Promise<PublicRouter> {
    const server = createServer();
    const router = new PublicRouter(server, config);
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.port, config.host, () => resolve(router));
    });
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.upgraded) socket.destroy();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private onRequest(request: IncomingMessage, response: ServerResponse): void {
    const owner = ownerOf(request.url ?? '/', this.config);
    if (!owner) return problem(response, 404, 'Not found', 'only /webhook, /ws and /audio are public');
    const onward = this.send(owner, request);
    onward.once('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.rawHeaders));
      answer.pipe(response);
    });
    onward.once('error', (error) => {
      if (response.headersSent) return void response.destroy();
      problem(response, 502, 'Bad gateway', `${owner}: ${error.message}`);
    });
    response.once('close', () => onward.destroy());
    request.pipe(onward);
  }

  private onUpgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const owner = ownerOf(request.url ?? '/', this.config);
    if (!owner) return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    const onward = this.send(owner, request, [
      'connection',
      'Upgrade',
      'upgrade',
      request.headers.upgrade ?? '',
    ]);
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
    onward.once('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nconnection: close\r\n\r\n'));
    socket.once('close', () => onward.destroy());
    onward.end();
  }

  private send(owner: string, request: IncomingMessage, extraHeaders: readonly string[] = []) {
    const { hostname, port } = new URL(owner);
    const client = request.socket.remoteAddress ?? '';
    const before = request.headers['x-forwarded-for'];
    const onward = forward({
      hostname,
      port,
      method: request.method,
      path: request.url,
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
