import { callSidSchema, traceparentSchema } from '@frontdesk/contracts';
import { type Counter, type Histogram, type Logger, type Metrics } from '@frontdesk/observability';
import { newTraceparent } from '@frontdesk/runtime';
import { type Request, type RequestHandler, type Response } from 'express';
import { httpEvents } from '../events';

/** What is known of a request while it runs. */
export interface RequestContext {
  readonly traceparent: string;
  /** Carries the trace id and, once known, the call SID. */
  logger: Logger;
  /** Route as declared, for metrics: never the path itself, whose values are unbounded. */
  route: string;
  /** Logs REQ, once. A webhook's is logged when its form is read, so that it carries the call SID. */
  announce(callSid?: string): void;
}

export const contextOf = (response: Response): RequestContext => response.locals.context as RequestContext;

const BUCKETS_SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Gives each request its trace context and logger, logs REQ and RES, and measures. */
export const requestContext = (logger: Logger, metrics: Metrics): RequestHandler => {
  const duration = metrics.histogram(
    'http_request_duration_seconds',
    'Time from a request to the end of its answer',
    BUCKETS_SECONDS,
    ['method', 'route', 'status'],
  );
  const aborted = metrics.counter('http_requests_aborted_total', 'Requests whose caller went away');
  return (request, response, next) => {
    const startedMs = performance.now();
    const context = createContext(logger, request);
    response.locals.context = context;
    response.on('close', () => finish(request, response, context, startedMs, duration, aborted));
    next();
  };
};

const createContext = (logger: Logger, request: Request): RequestContext => {
  const traceparent = newTraceparent(incomingOf(request));
  let isAnnounced = false;
  const context: RequestContext = {
    traceparent,
    logger: logger.child({ trace: traceparent.split('-')[1], ...callSidIn(request.path) }),
    route: 'unmatched',
    announce(callSid) {
      if (isAnnounced) return;
      isAnnounced = true;
      if (callSid !== undefined && callSidSchema.safeParse(callSid).success)
        context.logger = context.logger.child({ callSid });
      const fields = { method: request.method, path: request.path };
      if (isProbe(request)) context.logger.debug(httpEvents.request, fields);
      else context.logger.info(httpEvents.request, fields);
    },
  };
  return context;
};

const incomingOf = (request: Request): string | null => {
  const { traceparent } = request.headers;
  if (traceparent === undefined) return null;
  const incoming = traceparentSchema.safeParse(traceparent);
  return incoming.success ? incoming.data : null;
};

const finish = (
  request: Request,
  response: Response,
  context: RequestContext,
  startedMs: number,
  duration: Histogram,
  aborted: Counter,
): void => {
  context.announce();
  const ms = performance.now() - startedMs;
  const status = response.statusCode;
  const isAborted = !response.writableFinished;
  const fields = {
    method: request.method,
    path: request.path,
    status,
    ms: Math.round(ms * 10) / 10,
    ...(isAborted ? { aborted: true } : {}),
  };
  duration.observe({ method: request.method, route: context.route, status: String(status) }, ms / 1000);
  if (isAborted) aborted.inc();
  if (isProbe(request)) context.logger.debug(httpEvents.response, fields);
  else context.logger.info(httpEvents.response, fields);
};

/** Probes come every few seconds; at info they would bury the rest. */
const isProbe = (request: Request): boolean => ['/healthz', '/readyz', '/metrics'].includes(request.path);

const callSidIn = (path: string): { callSid?: string } => {
  const callSid = /CA[0-9a-f]{32}/i.exec(path)?.[0];
  return callSid ? { callSid } : {};
};
