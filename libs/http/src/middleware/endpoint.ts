import { type Endpoint } from '@frontdesk/contracts';
import { json, text, type Request, type RequestHandler, type Response } from 'express';
import { type z } from 'zod';
import { httpEvents } from '../events';
import { DEFAULT_JSON_BYTES, type EndpointRequest, type RouteOptions } from '../options';
import { HttpProblem, invalidInput } from '../problem';
import { callerOf } from './credentials';
import { contextOf } from './request-context';

/** Reads, checks and answers one endpoint of the contract. */
export const endpointHandlers = <E extends Endpoint>(
  endpoint: E,
  handler: (request: EndpointRequest<E>, response: Response) => Promise<unknown>,
  options: RouteOptions = {},
): RequestHandler[] => {
  const steps: RequestHandler[] = [
    (_request, response, next) => {
      contextOf(response).route = endpoint.path;
      // Answers hold what people said and their numbers.
      response.setHeader('Cache-Control', 'no-store');
      assertMay(response, endpoint);
      next();
    },
  ];
  if (hasBody(endpoint)) steps.push(...bodyReaders(options));
  steps.push(async (request, response) => {
    const answer = await handler(readRequest(endpoint, request, response, options), response);
    if (!endpoint.binary) sendAnswer(endpoint, answer, response);
  });
  return steps;
};

const hasBody = (endpoint: Endpoint): boolean => endpoint.body.def.type !== 'undefined';

/** `service` endpoints are for services alone; of people, viewers may only read. */
const assertMay = (response: Response, endpoint: Endpoint): void => {
  const { role } = callerOf(response);
  if (role === 'service') return;
  if (endpoint.access === 'service') throw new HttpProblem(403, 'This is for services only');
  if (role === 'viewer' && endpoint.method !== 'GET') throw new HttpProblem(403, 'Viewers may only read');
};

/** JSON, and the other types that the route names. */
const bodyReaders = ({
  maxBodyBytes: limit = DEFAULT_JSON_BYTES,
  alsoAccepts = {},
  streamed = [],
}: RouteOptions) => {
  const others = Object.keys(alsoAccepts);
  const readers: RequestHandler[] = [onlyTypes(['json', ...others, ...streamed]), json({ limit })];
  if (others.length > 0)
    readers.push(text({ type: others, limit }), (request, _response, next) => {
      const type = request.is(others);
      // Without a body there is nothing to read, and the schema says so.
      if (type && typeof request.body === 'string') request.body = alsoAccepts[type]?.(request.body);
      next();
    });
  return readers;
};

const onlyTypes =
  (types: string[]): RequestHandler =>
  (request, _response, next) => {
    const isEmpty =
      request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined;
    if (!isEmpty && request.headers['content-length'] !== '0' && !request.is(types))
      throw new HttpProblem(415, `The body must be ${['application/json', ...types.slice(1)].join(' or ')}`);
    next();
  };

const readRequest = <E extends Endpoint>(
  endpoint: E,
  request: Request,
  response: Response,
  { streamed = [] }: RouteOptions,
): EndpointRequest<E> => ({
  params: parsed(endpoint.params, request.params, 'params') as EndpointRequest<E>['params'],
  query: parsed(endpoint.query, request.query, 'query') as EndpointRequest<E>['query'],
  body: (hasBody(endpoint) && !(streamed.length > 0 && request.is([...streamed]))
    ? parsed(endpoint.body, request.body, 'body')
    : undefined) as EndpointRequest<E>['body'],
  caller: callerOf(response),
  traceparent: contextOf(response).traceparent,
  express: request,
});

const parsed = (schema: z.ZodType, value: unknown, where: 'params' | 'query' | 'body'): unknown => {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidInput(where, result.error);
  return result.data;
};

const sendAnswer = (endpoint: Endpoint, answer: unknown, response: Response): void => {
  const result = endpoint.response.safeParse(answer);
  if (!result.success) {
    contextOf(response).logger.error(httpEvents.answerInvalid, {
      endpoint: endpoint.name,
      issues: result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message })),
    });
    throw new HttpProblem(500, 'Something went wrong here');
  }
  response.status(endpoint.status);
  if (result.data === undefined) response.end();
  else response.json(result.data);
};
