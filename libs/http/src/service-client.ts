import { type Endpoint, type Problem, problemSchema, type ServiceName } from '@frontdesk/contracts';
import { Pool } from 'undici';
import { type z } from 'zod';
import { readBounded } from './read-bounded';
import { ServiceTokenSource } from './service-token';

/** A call to another service that did not succeed. */
export class ServiceCallError extends Error {
  constructor(
    readonly endpoint: string,
    /** Null when no answer came: refused, reset, timed out. */
    readonly status: number | null,
    readonly problem: Problem | null,
    cause?: unknown,
  ) {
    super(
      `${endpoint}: ${status === null ? reasonOf(cause) : `${status} ${problem?.detail ?? problem?.title ?? ''}`.trim()}`,
      {
        cause,
      },
    );
    this.name = 'ServiceCallError';
  }

  /** Whether the same call may succeed later. Says nothing about whether a POST had its effect. */
  get retryable(): boolean {
    return this.status === null || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  /** Nobody listens at that address: nothing of the request was taken, and whoever was there is gone. */
  get isRefused(): boolean {
    return (this.cause as { code?: unknown } | undefined)?.code === 'ECONNREFUSED';
  }
}

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : 'no answer');

export interface ServiceClientOptions {
  baseUrl: string;
  audience: ServiceName;
  /** Who calls: a service's name. */
  subject: string;
  secrets: readonly string[];
  /** For the whole of a call, if it does not say otherwise. */
  timeoutMs?: number;
}

export type CallInput<E extends Endpoint> = {
  params?: z.input<E['params']>;
  query?: z.input<E['query']>;
  body?: z.input<E['body']>;
  traceparent?: string;
  signal?: AbortSignal;
  timeoutMs?: number;
};

const DEFAULT_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 1_000;
const MAX_CONNECTIONS = 64;
/** Shorter than the server's keep-alive: see http-service. */
const KEEP_ALIVE_MS = 10_000;
/** No answer of ours is larger, audio of a whole greeting included. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Typed calls to one service over kept-alive connections, with a short-lived token each. */
export class ServiceClient implements AsyncDisposable {
  private readonly pool: Pool;
  private readonly prefix: string;
  private readonly tokens: ServiceTokenSource;
  private readonly timeoutMs: number;

  constructor({ baseUrl, audience, subject, secrets, timeoutMs = DEFAULT_TIMEOUT_MS }: ServiceClientOptions) {
    const { origin, pathname } = new URL(baseUrl);
    this.pool = new Pool(origin, {
      connections: MAX_CONNECTIONS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
    this.prefix = pathname.replace(/\/$/, '');
    this.tokens = new ServiceTokenSource(
      { sub: subject, role: 'service', businessIds: '*', aud: audience },
      secrets,
    );
    this.timeoutMs = timeoutMs;
  }

  /** The endpoint's answer, checked against its contract. Throws {@link ServiceCallError}. */
  async call<E extends Endpoint>(endpoint: E, input: CallInput<E> = {}): Promise<z.output<E['response']>> {
    const bytes = await this.request(endpoint, input);
    const answer: unknown = bytes.length === 0 ? undefined : parseJson(endpoint, bytes);
    const result = endpoint.response.safeParse(answer);
    if (!result.success) throw new ServiceCallError(endpoint.name, 502, notTheContract(result.error.message));
    return result.data as z.output<E['response']>;
  }

  /** The body of a binary endpoint. Throws {@link ServiceCallError}. */
  bytes<E extends Endpoint>(endpoint: E, input: CallInput<E> = {}): Promise<Buffer> {
    return this.request(endpoint, input);
  }

  /**
   * The body of a binary endpoint as it comes. `timeoutMs` bounds the wait for the answer to begin, and then for each
   * further piece; the signal ends it at any time. Throws {@link ServiceCallError} for an answer that is none; a body that
   * is cut throws from the iteration.
   */
  async stream<E extends Endpoint>(endpoint: E, input: CallInput<E> = {}): Promise<AsyncIterable<Buffer>> {
    const timeoutMs = input.timeoutMs ?? this.timeoutMs;
    try {
      const { statusCode, body } = await this.pool.request({
        ...this.requestOf(endpoint, input),
        signal: input.signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      if (statusCode < 400) return body as AsyncIterable<Buffer>;
      const problem = problemIn(await readBounded(body, MAX_ANSWER_BYTES));
      throw new ServiceCallError(endpoint.name, statusCode, problem);
    } catch (error) {
      if (error instanceof ServiceCallError) throw error;
      throw new ServiceCallError(endpoint.name, null, null, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pool.destroy();
  }

  private async request<E extends Endpoint>(endpoint: E, input: CallInput<E>): Promise<Buffer> {
    const timeoutMs = input.timeoutMs ?? this.timeoutMs;
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    const onAbort = (): void => abort.abort(input.signal?.reason);
    input.signal?.addEventListener('abort', onAbort, { once: true });
    if (input.signal?.aborted) onAbort();
    try {
      return await this.send(endpoint, input, abort.signal);
    } catch (error) {
      if (error instanceof ServiceCallError) throw error;
      throw new ServiceCallError(
        endpoint.name,
        null,
        null,
        abort.signal.aborted ? abort.signal.reason : error,
      );
    } finally {
      clearTimeout(timer);
      input.signal?.removeEventListener('abort', onAbort);
    }
  }

  private requestOf<E extends Endpoint>(endpoint: E, input: CallInput<E>) {
    return {
      method: endpoint.method,
      path: this.prefix + requestPath(endpoint, input),
      headers: {
        authorization: `Bearer ${this.tokens.get()}`,
        accept: endpoint.binary ?? 'application/json',
        ...(input.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(input.traceparent ? { traceparent: input.traceparent } : {}),
      },
      body: input.body === undefined ? null : JSON.stringify(input.body),
    };
  }

  private async send<E extends Endpoint>(
    endpoint: E,
    input: CallInput<E>,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { statusCode, body } = await this.pool.request({ ...this.requestOf(endpoint, input), signal });
    const bytes = await readBounded(body, MAX_ANSWER_BYTES);
    if (statusCode >= 400) throw new ServiceCallError(endpoint.name, statusCode, problemIn(bytes));
    return bytes;
  }
}

const requestPath = <E extends Endpoint>(endpoint: E, input: CallInput<E>): string => {
  const params = (input.params ?? {}) as Record<string, unknown>;
  const path = endpoint.path.replace(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = params[name];
    if (value === undefined) throw new TypeError(`${endpoint.name} needs the parameter ${name}`);
    return encodeURIComponent(String(value));
  });
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries((input.query ?? {}) as Record<string, unknown>))
    if (value !== undefined && value !== null) query.append(name, String(value));
  return query.size > 0 ? `${path}?${query}` : path;
};

const problemIn = (bytes: Buffer): Problem | null => {
  try {
    return problemSchema.parse(JSON.parse(bytes.toString('utf8')));
  } catch {
    return null; // Not ours: a proxy's page, say. The status says enough.
  }
};

const parseJson = (endpoint: Endpoint, bytes: Buffer): unknown => {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new ServiceCallError(endpoint.name, 502, notTheContract('not JSON'));
  }
};

const notTheContract = (detail: string): Problem => ({
  type: 'about:blank',
  title: 'The answer does not fit the contract',
  status: 502,
  detail,
});
