import { expressPath, openPaths } from '../src/route-table';
import { createApplication } from '../src/application';
import { sampleOptions, startSample, tokenOf, withBearer, type Sample } from './sample-service';

const concrete = (path: string): string => path.replace(/\{\w+\}/g, '7');

describe('a service is secured by default', () => {
  let sample: Sample;
  beforeEach(async () => (sample = await startSample()));
  afterEach(() => sample[Symbol.asyncDispose]());

  it('answers 401 or 403 on every registered route without credentials, but for the named list and raw routes', async () => {
    const verdicts: Record<string, number> = {};
    for (const { methods, path } of sample.service.routes)
      for (const method of methods)
        verdicts[`${method} ${path}`] = (await fetch(sample.url + concrete(path), { method })).status;
    expect(verdicts).toEqual({
      'GET /healthz': 200,
      'GET /readyz': 200,
      'GET /metrics': 200,
      'POST /api/things/{id}': 401,
      'GET /api/fails': 401,
      'DELETE /internal/things': 401,
      'GET /api/tone': 401,
      'PUT /api/upload': 401,
      'GET /webhook/ring/{id}': 403,
      'POST /webhook/ring/{id}': 403,
      'GET /audio/{key}': 200,
    });
  });

  it('knows every route that express has in front of the guard', () => {
    const { app, routes } = createApplication(sampleOptions(), () => false);
    const known = new Set(
      routes.filter(({ protection }) => protection.kind !== 'bearer').map(({ path }) => expressPath(path)),
    );
    const layers = app.router.stack as { route?: { path: string } }[];
    const inFront = new Set(layers.flatMap(({ route }) => (route ? [route.path] : [])));
    expect(inFront).toEqual(known);
  });

  it('needs credentials for paths nobody registered and for the API description', async () => {
    for (const path of ['/nothing', '/openapi.json', '/healthz/more', '/webhook/unknown'])
      expect((await fetch(sample.url + path)).status).toBe(401);
    expect(openPaths).toEqual(['/healthz', '/readyz', '/metrics']);
  });

  it.each([
    ['signed with another secret', () => tokenOf({}, ['another-secret-of-tests'])],
    ['for another service', () => tokenOf({ aud: 'console' })],
    ['expired', () => tokenOf({}, undefined, -30)],
    ['unsigned', () => `${tokenOf().split('.').slice(0, 2).join('.')}.`],
    [
      'with algorithm none',
      () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${tokenOf().split('.')[1]}.`,
    ],
  ])('refuses a token %s', async (_title, token) => {
    const response = await fetch(`${sample.url}/openapi.json`, { headers: withBearer(token()) });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('accepts a token signed with the older of two secrets', async () => {
    const response = await fetch(`${sample.url}/openapi.json`, {
      headers: withBearer(tokenOf({}, ['second-secret-of-tests'])),
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ paths: { '/api/things/{id}': expect.anything() } });
  });

  it('keeps people out of what is for services, and viewers from changing anything', async () => {
    const status = async (role: 'operator' | 'viewer', method: string, path: string): Promise<number> =>
      (await fetch(sample.url + path, { method, headers: withBearer(tokenOf({ role, businessIds: [] })) }))
        .status;
    expect(await status('operator', 'DELETE', '/internal/things')).toBe(403);
    expect(await status('viewer', 'POST', '/api/things/1')).toBe(403);
    expect(await status('viewer', 'GET', '/api/fails?how=not')).toBe(200);
  });

  it('limits an address that keeps failing, and never one that does not', async () => {
    const many = (count: number, headers: Record<string, string>): Promise<number[]> =>
      Promise.all(
        Array.from({ length: count }, async () => {
          const response = await fetch(`${sample.url}/webhook/ring/1?quiet=1`, { headers });
          await response.arrayBuffer();
          return response.status;
        }),
      );
    expect(new Set(await many(150, { 'x-twilio-signature': 'good' }))).toEqual(new Set([204]));
    const forged = await many(100, { 'x-twilio-signature': 'bad' });
    expect(forged.filter((status) => status === 403)).toHaveLength(60);
    expect(forged.filter((status) => status === 429)).toHaveLength(40);
    expect(await many(1, { 'x-twilio-signature': 'good' })).toEqual([204]);
  });
});

describe('wiring mistakes stop the start', () => {
  it('names an endpoint of the contract that has no handler', async () => {
    await expect(startSample({ routes: () => undefined })).rejects.toThrow(
      'echo is in the contract but has no handler',
    );
  });

  it('refuses a webhook without a guard, and a raw route without a reason', async () => {
    await expect(startSample({ webhookGuard: undefined })).rejects.toThrow('no webhookGuard');
    await expect(
      startSample({ routes: (router) => router.raw('GET', '/x', () => undefined, { reason: 'because' }) }),
    ).rejects.toThrow('needs a reason');
  });
});
