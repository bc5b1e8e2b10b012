import type { RouteRequest } from '../http/router';

/** Parameters of a request: its form, or the query of a GET. A name may come more than once. */
export interface RestForm {
  get(name: string): string | undefined;
  all(name: string): string[];
  asRecord(): Record<string, string | string[]>;
}

export interface RestRequest extends RouteRequest {
  readonly form: RestForm;
}

export const readForm = (request: Pick<RouteRequest, 'method' | 'query' | 'body'>): RestForm => {
  const params =
    request.method === 'GET' ? request.query : new URLSearchParams(request.body.toString('utf8'));
  return {
    get: (name) => params.get(name) ?? undefined,
    all: (name) => params.getAll(name),
    asRecord: () =>
      Object.fromEntries(
        [...new Set(params.keys())].map((name) => {
          const values = params.getAll(name);
          return [name, values.length === 1 ? (values[0] ?? '') : values];
        }),
      ),
  };
};
