import { defineEndpoint, type ServiceTokenClaims } from '@frontdesk/contracts';
import { Metrics, silentLogger, type Logger } from '@frontdesk/observability';
import { z } from 'zod';
import { HttpProblem, HttpService, mintServiceToken, type HttpServiceOptions } from '../src/index';

/** A small service with one route of each kind, on a free port. */

export const SECRETS = ['first-secret-of-tests', 'second-secret-of-tests'];
const owner = 'recording-service' as const;

export const echo = defineEndpoint({
  name: 'echo',
  owner,
  method: 'POST',
  path: '/api/things/{id}',
  access: 'people',
  status: 201,
  summary: 'Echo',
  params: z.object({ id: z.coerce.number().int() }),
  query: z.object({ loud: z.enum(['yes', 'no']).default('no') }),
  body: z.object({ text: z.string() }),
  response: z.object({ id: z.int(), text: z.string(), who: z.string(), traceparent: z.string() }),
});
export const fails = defineEndpoint({
  name: 'fails',
  owner,
  method: 'GET',
  path: '/api/fails',
  access: 'people',
  summary: 'Fails in the way asked for',
  query: z.object({ how: z.string() }),
  response: z.object({ ok: z.literal(true) }),
});
export const internal = defineEndpoint({
  name: 'internal',
  owner,
  method: 'DELETE',
  path: '/internal/things',
  access: 'service',
  status: 204,
  summary: 'For services',
});
export const tone = defineEndpoint({
  name: 'tone',
  owner,
  method: 'GET',
  path: '/api/tone',
  access: 'people',
  summary: 'Bytes',
  binary: 'audio/basic',
});
export const upload = defineEndpoint({
  name: 'upload',
  owner,
  method: 'PUT',
  path: '/api/upload',
  access: 'people',
  summary: 'A large body',
  body: z.object({ text: z.string() }),
  response: z.object({ length: z.int() }),
});
export const sampleEndpoints = [echo, fails, internal, tone, upload];

export interface Sample extends AsyncDisposable {
  service: HttpService;
  url: string;
  /** Resolves the request that `fails?how=hang` holds. */
  release(): void;
  forms: Record<string, string>[];
}

interface SampleState {
  forms: Record<string, string>[];
  held: Promise<void>;
}

const untouched: SampleState = { forms: [], held: Promise.resolve() };

export const sampleOptions = ({ forms, held }: SampleState = untouched): HttpServiceOptions => ({
  name: owner,
  host: '127.0.0.1',
  port: 0,
  logger: silentLogger,
  metrics: new Metrics({ withProcessMetrics: false }),
  readiness: {},
  bearer: { secrets: SECRETS, audience: owner },
  isOutage: (error) => (error as { code?: string }).code === 'ECONNREFUSED',
  webhookGuard: ({ headers }) => headers['x-twilio-signature'] === 'good',
  openapi: { title: 'Sample', endpoints: sampleEndpoints },
  routes(router) {
    router.handle(echo, async ({ params, body, caller, traceparent }) => ({
      id: params.id,
      text: body.text,
      who: caller.sub,
      traceparent,
    }));
    router.handle(fails, async ({ query }) => {
      if (query.how === 'problem')
        throw new HttpProblem(409, 'Taken', 'by someone', undefined, { ok: false });
      if (query.how === 'hang') await held;
      if (query.how === 'contract') return { ok: 'wrong' as never };
      if (query.how === 'away') throw Object.assign(new Error('connect hunter2'), { code: 'ECONNREFUSED' });
      if (query.how === 'error') throw new Error('the password of the database is hunter2');
      return { ok: true as const };
    });
    router.handle(internal, async () => undefined);
    router.handle(upload, async ({ body }) => ({ length: body.text.length }), { maxBodyBytes: 3_000_000 });
    router.stream(tone, async (_request, response) => {
      response.end(Buffer.alloc(320, 1));
    });
    router.webhook('/webhook/ring/{id}', async (form, request) => {
      forms.push({ ...form, ...request.params });
      return form.quiet ? {} : { twiml: '<Response/>' };
    });
    router.raw('GET', '/audio/{key}', (_request, response) => void response.send('audio'), {
      reason: 'the handler checks an HMAC in the query',
    });
  },
});

export const startSample = async (
  overrides: Partial<HttpServiceOptions> = {},
  logger: Logger = silentLogger,
): Promise<Sample> => {
  const forms: Record<string, string>[] = [];
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const service = await HttpService.listen({ ...sampleOptions({ forms, held }), logger, ...overrides });
  return {
    service,
    url: `http://127.0.0.1:${service.port}`,
    release,
    forms,
    [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
  };
};

export const tokenOf = (
  claims: Partial<ServiceTokenClaims> = {},
  secrets = SECRETS,
  ttlSeconds = 60,
): string =>
  mintServiceToken(
    { sub: 'tester', role: 'service', businessIds: '*', aud: owner, ...claims },
    secrets,
    ttlSeconds,
  );

export const withBearer = (token = tokenOf()): Record<string, string> => ({
  authorization: `Bearer ${token}`,
});
