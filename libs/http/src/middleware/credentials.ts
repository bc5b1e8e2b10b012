import { type ServiceName, type ServiceTokenClaims } from '@frontdesk/contracts';
import { type Metrics } from '@frontdesk/observability';
import { type Request, type RequestHandler, type Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { httpEvents } from '../events';
import { HttpProblem } from '../problem';
import { RecentTokens } from '../recent-tokens';
import { ServiceTokenError, verifyServiceToken } from '../service-token';
import { sendProblem } from './errors';
import { contextOf } from './request-context';

/** Failures an address may have a minute before it is only told to wait. */
const MAX_FAILURES_PER_MINUTE = 60;

export type Refuse = (
  request: Request,
  response: Response,
  problem: HttpProblem,
  reason: string,
) => Promise<void>;

/**
 * Answers a request whose signature or token is wrong. The limiter runs only here, after the failure: Twilio's calls come
 * from few addresses, and a limiter that counted all requests in flight, even if it took the good ones back afterwards,
 * would bite in a burst of calls (SE3).
 */
export const createRefusal = (metrics: Metrics): Refuse => {
  const refused = metrics.counter(
    'http_credentials_refused_total',
    'Requests refused for their credentials',
    ['kind'],
  );
  const limiter = rateLimit({
    windowMs: 60_000,
    limit: MAX_FAILURES_PER_MINUTE,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    // Whether to believe X-Forwarded-For is decided by `trustProxy`; the checks would print to the console.
    validate: false,
    handler: (_request, response) => sendProblem(response, new HttpProblem(429, 'Too many refused requests')),
  });
  return async (request, response, problem, reason) => {
    refused.inc({ kind: reason });
    contextOf(response).logger.warn(httpEvents.credentialsRefused, {
      path: request.path,
      reason,
      address: request.ip,
    });
    await limiter(request, response, () => sendProblem(response, problem));
  };
};

export const callerOf = (response: Response): ServiceTokenClaims =>
  response.locals.caller as ServiceTokenClaims;

/** Lets only requests with a valid bearer token pass, and says who they are. */
export const bearerGuard = (
  bearer: { secrets: readonly string[]; audience: ServiceName },
  refuse: Refuse,
): RequestHandler => {
  const tokens = new RecentTokens((token) => verifyServiceToken(token, bearer));
  const unauthorized = (response: Response): HttpProblem => {
    response.setHeader('WWW-Authenticate', 'Bearer');
    return new HttpProblem(401, 'Credentials are missing or not valid');
  };
  return async (request, response, next) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) return refuse(request, response, unauthorized(response), 'missing');
    try {
      response.locals.caller = tokens.claimsOf(token);
    } catch (error) {
      if (!(error instanceof ServiceTokenError)) throw error;
      return refuse(request, response, unauthorized(response), error.reason);
    }
    next();
  };
};
