import type { IncomingMessage, ServerResponse } from 'node:http';

const MAX_BODY_BYTES = 8 * 1024 * 1024;

export interface RouteRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Named groups of the route's pattern. */
  readonly params: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  /** Aborts when the client goes away. */
  readonly signal: AbortSignal;
}

/** `cutAfter`: the connection breaks after so many bytes of the body. `hang` answers nothing, ever: the client's time-out has to deal with it. */
export type RouteAnswer =
  | { readonly status: number; readonly json?: unknown; readonly headers?: Record<string, string> }
  | { readonly status: number; readonly bytes: Buffer; readonly type: string; readonly cutAfter?: number }
  | 'hang';

export type RouteHandler = (request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>;

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly handle: RouteHandler;
}

/** A route by method and path; `{name}` matches one segment. */
export const route = (method: string, path: string, handle: RouteHandler): Route => ({
  method,
  pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+?)')}$`),
  handle,
});

/** Answers one request by the first route that fits; `notFound` says what 404 looks like. */
export const dispatch = async (
  routes: readonly Route[],
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  notFound: RouteHandler,
): Promise<void> => {
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  const url = new URL(incoming.url ?? '/', 'http://simulator');
  const method = incoming.method ?? 'GET';
  const found = routes.find(
    (candidate) => candidate.method === method && candidate.pattern.test(url.pathname),
  );
  const params = found?.pattern.exec(url.pathname)?.groups ?? {};
  const request: RouteRequest = {
    method,
    path: url.pathname,
    query: url.searchParams,
    params,
    headers: incoming.headers,
    body: await readBody(incoming),
    signal: gone.signal,
  };
  const answer = await (found?.handle ?? notFound)(request);
  if (answer === 'hang') return;
  if ('bytes' in answer) {
    outgoing.writeHead(answer.status, {
      'Content-Type': answer.type,
      'Content-Length': answer.bytes.length,
    });
    if (answer.cutAfter === undefined) outgoing.end(answer.bytes);
    else outgoing.write(answer.bytes.subarray(0, answer.cutAfter), () => outgoing.destroy());
    return;
  }
  const hasBody = answer.json !== undefined;
  outgoing.writeHead(answer.status, {
    ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
    ...answer.headers,
  });
  outgoing.end(hasBody ? JSON.stringify(answer.json) : undefined);
};

const readBody = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('request body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};
