import type { z } from 'zod';
import type { RouteAnswer, RouteRequest } from '../http/router';

/** Runs the handler with the request's JSON body, or answers 400 with what is wrong with it. */
export const withBody =
  <S extends z.ZodType>(
    schema: S,
    handle: (body: z.infer<S>, request: RouteRequest) => RouteAnswer | Promise<RouteAnswer>,
  ) =>
  (request: RouteRequest): RouteAnswer | Promise<RouteAnswer> => {
    let raw: unknown;
    try {
      raw = JSON.parse(request.body.toString('utf8'));
    } catch {
      return { status: 400, json: { error: 'the body is not JSON' } };
    }
    const parsed = schema.safeParse(raw);
    if (!parsed.success) return { status: 400, json: { error: 'invalid body', issues: parsed.error.issues } };
    return handle(parsed.data, request);
  };
