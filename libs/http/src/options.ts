import { type Endpoint, type ServiceName, type ServiceTokenClaims } from '@frontdesk/contracts';
import { type Logger, type Metrics } from '@frontdesk/observability';
import { type Request, type Response } from 'express';
import { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { type z } from 'zod';

/** Says whether a webhook really comes from the carrier. libs/telephony makes one; known here by shape only. */
export type WebhookGuard = (request: {
  method: string;
  /** Path and query exactly as requested. */
  originalUrl: string;
  headers: IncomingHttpHeaders;
  /** Decoded form fields of a POST; empty for GET, whose fields are in the URL. */
  params: Record<string, string | string[]>;
  rawBody: Buffer;
}) => boolean;

export interface HttpServiceOptions {
  name: ServiceName | (string & {});
  host: string;
  /** 0 takes a free port. */
  port: number;
  logger: Logger;
  metrics: Metrics;
  /** Each throws its reason; checked together on `/readyz`, each within a second. */
  readiness: Record<string, () => void | Promise<void>>;
  /** Each throws its reason; checked on `/healthz`. */
  liveness?: Record<string, () => void>;
  bearer: { secrets: readonly string[]; audience: ServiceName };
  /**
   * Whether an error means that something this service needs (its database) is away for now: answered 503 with
   * `Retry-After`, so that callers try again, rather than 500. @defaultValue none does
   */
  isOutage?: (error: unknown) => boolean;
  /** Required as soon as a webhook route exists. */
  webhookGuard?: WebhookGuard;
  /** The endpoints to serve: each must get a handler, and no other may. */
  openapi: { title: string; endpoints: readonly Endpoint[] };
  routes(router: ServiceRouter): void;
  /** Express's `trust proxy`: how many proxies stand in front, or their addresses. Only for the client's address. */
  trustProxy?: number | string;
  /** How long running requests may take to finish when the service stops. */
  drainMs?: number;
  maxConnections?: number;
}

/** What a handler of an endpoint gets: parts that fit the contract's schemas, and who asks. */
export interface EndpointRequest<E extends Endpoint> {
  readonly params: z.output<E['params']>;
  readonly query: z.output<E['query']>;
  readonly body: z.output<E['body']>;
  readonly caller: ServiceTokenClaims;
  /** Trace context of this request, to pass on to what it calls or publishes. */
  readonly traceparent: string;
  readonly express: Request;
}

export interface WebhookRequest {
  /** Parts of the path, e.g. `attemptId`. */
  readonly params: Record<string, string>;
  /** Query of the URL that was signed, for GET and POST alike. */
  readonly query: URLSearchParams;
  readonly traceparent: string;
  readonly express: Request;
}

export interface WebhookAnswer {
  status?: number;
  twiml?: string;
}

export interface RouteOptions {
  /** Upper bound of a body in bytes, where {@link DEFAULT_JSON_BYTES} is not enough. */
  maxBodyBytes?: number;
  /** Bodies of other content types, turned into what the endpoint's schema expects; throw a problem for what cannot be. */
  alsoAccepts?: Readonly<Record<string, (text: string) => unknown>>;
  /**
   * Content types whose bodies are left unread: the handler reads `express` as a stream and bounds it itself. Then the
   * request's `body` is not there.
   */
  streamed?: readonly string[];
}

/** Where a service says what it serves. Everything needs a bearer token except what is named as something else. */
export interface ServiceRouter {
  /** A JSON endpoint, validated in and out by its contract. */
  handle<E extends Endpoint>(
    endpoint: E,
    handler: (request: EndpointRequest<E>) => Promise<z.input<E['response']>>,
    options?: RouteOptions,
  ): void;
  /** An endpoint whose answer the handler writes itself: binary, ranges, event streams. */
  stream<E extends Endpoint>(
    endpoint: E,
    handler: (request: EndpointRequest<E>, response: ServerResponse) => Promise<void>,
    options?: RouteOptions,
  ): void;
  /**
   * GET and POST of a carrier's webhook; the signature is checked before anything else. Form fields come from the body of
   * a POST, from the query of a GET; of a repeated name the first. Answers `text/xml`, or 204 without TwiML.
   * @param path OpenAPI form, `/webhook/dial/{attemptId}/status`
   */
  webhook(
    path: string,
    handler: (form: Record<string, string>, request: WebhookRequest) => Promise<WebhookAnswer>,
  ): void;
  /** A route without bearer. The reason says why that is safe, e.g. that the handler checks an HMAC in the query. */
  raw(
    method: Endpoint['method'],
    path: string,
    handler: (request: Request, response: Response) => Promise<void> | void,
    options: { reason: string },
  ): void;
}

export const DEFAULT_JSON_BYTES = 1024 * 1024;
export const MAX_FORM_BYTES = 64 * 1024;
/** Twilio sends about 60, and more as time goes by; the check of a signature sorts them all before it can say no. */
export const MAX_FORM_FIELDS = 500;
