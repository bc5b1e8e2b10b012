import { z } from 'zod';
import { type ServiceName } from './service-token';

/**
 * One HTTP endpoint as data. libs/http serves it (validates, answers problems) and calls it (typed client); the
 * service's /openapi.json is generated from it, so the three cannot drift.
 */
export interface Endpoint<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  R extends z.ZodType = z.ZodType,
> {
  readonly name: string;
  readonly summary: string;
  readonly owner: ServiceName;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** OpenAPI form: `/api/businesses/{id}`. */
  readonly path: string;
  /** `service`: only our own services; `people`: signed-in people and services. */
  readonly access: 'service' | 'people';
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly response: R;
  readonly status: number;
  /** Set where the answer is not JSON, e.g. `audio/basic`; then `response` is not consulted. */
  readonly binary?: string;
}

export const emptySchema = z.object({});
export type Empty = z.infer<typeof emptySchema>;

/** Declares an endpoint; parts left out are empty, status 200. */
export const defineEndpoint = <
  P extends z.ZodType = typeof emptySchema,
  Q extends z.ZodType = typeof emptySchema,
  B extends z.ZodType = z.ZodUndefined,
  R extends z.ZodType = z.ZodVoid,
>(definition: {
  name: string;
  summary: string;
  owner: ServiceName;
  method: Endpoint['method'];
  path: string;
  access: Endpoint['access'];
  params?: P;
  query?: Q;
  body?: B;
  response?: R;
  status?: number;
  binary?: string;
}): Endpoint<P, Q, B, R> => ({
  ...definition,
  params: definition.params ?? (emptySchema as unknown as P),
  query: definition.query ?? (emptySchema as unknown as Q),
  body: definition.body ?? (z.undefined() as unknown as B),
  response: definition.response ?? (z.void() as unknown as R),
  status: definition.status ?? 200,
});
