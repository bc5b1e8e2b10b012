import { type ErrorRequestHandler, type RequestHandler, type Response } from 'express';
import { httpEvents } from '../events';
import { HttpProblem, problemOf } from '../problem';
import { contextOf } from './request-context';

/** Writes a problem; `instance` names the trace, so that the log lines of a complaint can be found. */
export const sendProblem = (response: Response, problem: HttpProblem): void => {
  const trace = contextOf(response).traceparent.split('-')[1];
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(JSON.stringify({ ...problem.toJSON(), instance: `urn:trace:${trace}` }));
};

export const notFound: RequestHandler = (_request, response) =>
  sendProblem(response, new HttpProblem(404, 'There is nothing here'));

/** For a path that exists with other methods. */
export const methodNotAllowed =
  (allowed: readonly string[]): RequestHandler =>
  (request, response) => {
    response.setHeader('Allow', allowed.join(', '));
    sendProblem(
      response,
      new HttpProblem(405, 'The method is not allowed', `${request.method} is not served here`),
    );
  };

/** A database that fails over is back within seconds; Twilio does not look at the header and tries again at once. */
const RETRY_AFTER_SECONDS = 2;

/**
 * The last middleware: everything thrown becomes a problem; what is not meant for callers is logged and stays inside.
 * @param isOutage whether something that the service needs is away for now: 503 rather than 500
 */
export const errorHandler =
  (isOutage: (error: unknown) => boolean = () => false): ErrorRequestHandler =>
  (error: unknown, _request, response, _next) => {
    const known = problemOf(error);
    const isAway = known === null && isOutage(error);
    const { logger } = contextOf(response);
    if (isAway) logger.warn(httpEvents.dependencyAway, { error });
    else if (!known) logger.error(httpEvents.handlerFailed, { error });
    // A body already begun cannot become a problem: the cut connection tells the caller that it is incomplete.
    if (response.headersSent) return void response.destroy();
    if (isAway) response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
    sendProblem(response, known ?? (isAway ? away() : failed()));
  };

const away = (): HttpProblem =>
  new HttpProblem(503, 'Something that this service needs is away for the moment', 'Try again soon');
const failed = (): HttpProblem => new HttpProblem(500, 'Something went wrong here');
