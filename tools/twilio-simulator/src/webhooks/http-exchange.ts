import { request, type IncomingHttpHeaders } from 'node:http';
import type { Target } from '../routing/route-table';

export interface HttpExchange {
  readonly target: Target;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
  readonly connectTimeoutMs: number;
  readonly readTimeoutMs: number;
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Why no answer came: `connect` before the request was taken, `read` while waiting, `size` past the body's bound. */
export class ExchangeError extends Error {
  constructor(
    readonly phase: 'connect' | 'read' | 'size',
    message: string,
  ) {
    super(message);
    this.name = 'ExchangeError';
  }
}

/** One request on a connection of its own: nothing is kept alive, so a restarted server never costs a request. */
export const exchange = (options: HttpExchange): Promise<HttpAnswer> =>
  new Promise((resolve, reject) => {
    let connected = false;
    const fail = (phase: ExchangeError['phase'], message: string): void => {
      outgoing.destroy();
      reject(new ExchangeError(phase, message));
    };
    const outgoing = request(
      {
        host: options.target.host,
        port: options.target.port,
        method: options.method,
        path: options.path,
        headers: options.headers,
        agent: false,
        signal: options.signal,
      },
      (incoming) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        incoming.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > options.maxBodyBytes) fail('size', `body over ${options.maxBodyBytes} bytes`);
          else chunks.push(chunk);
        });
        incoming.on('error', (error) => fail('read', error.message));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    const connectTimer = setTimeout(
      () => fail('connect', `no connection within ${options.connectTimeoutMs} ms`),
      options.connectTimeoutMs,
    );
    outgoing.on('socket', (socket) =>
      socket.once('connect', () => {
        connected = true;
        clearTimeout(connectTimer);
      }),
    );
    outgoing.on('close', () => clearTimeout(connectTimer));
    outgoing.setTimeout(options.readTimeoutMs, () =>
      fail('read', `no answer within ${options.readTimeoutMs} ms`),
    );
    outgoing.on('error', (error) => reject(new ExchangeError(connected ? 'read' : 'connect', error.message)));
    outgoing.end(options.body);
  });
