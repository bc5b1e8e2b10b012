import { createLogger, type Logger } from '@frontdesk/observability';
import { request as httpRequest } from 'node:http';
import { PassThrough } from 'node:stream';
import { startSample, withBearer, type Sample } from './sample-service';

const capture = (): { logger: Logger; lines(): Record<string, unknown>[] } => {
  const stream = new PassThrough();
  const logger = createLogger({ service: 'sample', level: 'info', stream });
  const lines = (): Record<string, unknown>[] =>
    String(stream.read() ?? '')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  return { logger, lines };
};

describe('requests and answers', () => {
  const { logger, lines } = capture();
  let sample: Sample;
  beforeAll(async () => (sample = await startSample({}, logger)));
  afterAll(() => sample[Symbol.asyncDispose]());
  beforeEach(() => void lines());

  const ask = (path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(sample.url + path, {
      ...init,
      headers: { ...withBearer(), ...(init.headers as Record<string, string>) },
    });
  const post = (path: string, body: string, type = 'application/json'): Promise<Response> =>
    ask(path, { method: 'POST', body, headers: { 'content-type': type } });

  it('gives the handler checked parts and the trace of the caller', async () => {
    const trace = 'a'.repeat(32);
    const response = await ask('/api/things/7?loud=yes', {
      method: 'POST',
      body: '{"text":"hello"}',
      headers: { 'content-type': 'application/json', traceparent: `00-${trace}-${'b'.repeat(16)}-01` },
    });
    expect(response.status).toBe(201);
    expect(await response.json()).toEqual({
      id: 7,
      text: 'hello',
      who: 'tester',
      traceparent: expect.stringMatching(new RegExp(`^00-${trace}-(?!b{16})`)),
    });
  });

  it.each<[string, () => Promise<Response>, number, RegExp]>([
    ['an unknown path', () => ask('/nothing'), 404, /nothing here/],
    ['a wrong method', () => ask('/api/tone', { method: 'DELETE' }), 405, /not allowed/],
    ['malformed JSON', () => post('/api/things/1', '{"text":'), 400, /not valid JSON/],
    ['another content type', () => post('/api/things/1', 'text=1', 'text/plain'), 415, /application\/json/],
    ['a body over 1 MB', () => post('/api/things/1', `"${'x'.repeat(1_100_000)}"`), 413, /too large/],
    ['a body that does not fit', () => post('/api/things/1', '{"text":5}'), 400, /body\.text/],
    ['a parameter that does not fit', () => post('/api/things/seven', '{"text":""}'), 400, /params\.id/],
    ['a query that does not fit', () => post('/api/things/1?loud=very', '{"text":""}'), 400, /query\.loud/],
    ['a path that cannot be decoded', () => post('/api/things/%E0%A4', '{}'), 400, /cannot be read/],
    [
      'a problem of the handler',
      () => ask('/api/fails?how=problem'),
      409,
      /by someone.*"ok":false|"ok":false.*by someone/,
    ],
    ['an error of the handler', () => ask('/api/fails?how=error'), 500, /Something went wrong/],
    ['an answer outside the contract', () => ask('/api/fails?how=contract'), 500, /Something went wrong/],
  ])('answers %s as a problem', async (_title, send, status, text) => {
    const response = await send();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const body = await response.text();
    expect(body).toMatch(text);
    expect(JSON.parse(body)).toMatchObject({
      status,
      instance: expect.stringMatching(/^urn:trace:[0-9a-f]{32}$/),
    });
    expect(body).not.toContain('hunter2');
  });

  it('names the allowed methods with a 405', async () => {
    expect((await ask('/api/tone', { method: 'DELETE' })).headers.get('allow')).toBe('GET');
  });

  it('takes a larger body where a route says so', async () => {
    const response = await ask('/api/upload', {
      method: 'PUT',
      body: JSON.stringify({ text: 'x'.repeat(2_000_000) }),
      headers: { 'content-type': 'application/json' },
    });
    expect(await response.json()).toEqual({ length: 2_000_000 });
  });

  it('does not say what it is built with, and lets nobody store answers', async () => {
    const response = await ask('/api/fails?how=not');
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('logs REQ and RES without the query, with the call SID of the path', async () => {
    const sid = `CA${'0'.repeat(32)}`;
    await ask(`/api/${sid}?number=%2B972501234567`);
    expect(lines()).toEqual([
      expect.objectContaining({ event: 'REQ', method: 'GET', path: `/api/${sid}`, callSid: sid }),
      expect.objectContaining({
        event: 'RES',
        path: `/api/${sid}`,
        status: 404,
        ms: expect.any(Number),
        callSid: sid,
      }),
    ]);
  });

  it('logs what a failed handler threw, under the trace that the problem names', async () => {
    const { instance } = (await (await ask('/api/fails?how=error')).json()) as { instance: string };
    const failure = lines().find((line) => line.event === 'HANDLER_FAILED');
    expect(failure).toMatchObject({ level: 'error', error: { message: expect.stringContaining('hunter2') } });
    expect(instance).toBe(`urn:trace:${failure?.trace as string}`);
  });

  it('answers 503 while something that it needs is away, says when to come again, and nothing of what it was', async () => {
    const response = await ask('/api/fails?how=away');
    const body = await response.text();
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '2']);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(body).not.toContain('hunter2');
    const logged = lines();
    expect(logged.filter(({ level }) => level === 'error')).toEqual([]);
    expect(logged.find(({ event }) => event === 'DEPENDENCY_AWAY')).toMatchObject({
      level: 'warn',
      error: { message: expect.stringContaining('hunter2') },
    });
  });

  it('refuses headers over 16 kB', async () => {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const request = httpRequest(
        `${sample.url}/healthz`,
        { headers: { x: 'y'.repeat(17_000) } },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      request.on('error', reject);
      request.end();
    });
    expect(status).toBe(431);
  });

  it('bounds how slowly a request may arrive', () => {
    const { server } = sample.service;
    expect(server.headersTimeout).toBeLessThanOrEqual(10_000);
    expect(server.requestTimeout).toBeLessThanOrEqual(60_000);
    expect(server.maxConnections).toBeGreaterThan(0);
  });

  it('counts requests by route, not by path', async () => {
    await post('/api/things/12345', '{"text":"x"}');
    const body = await (await fetch(`${sample.url}/metrics`)).text();
    expect(body).toContain('route="/api/things/{id}"');
    expect(body).not.toContain('12345');
  });
});

describe('webhooks', () => {
  const { logger, lines } = capture();
  let sample: Sample;
  beforeAll(async () => (sample = await startSample({}, logger)));
  afterAll(() => sample[Symbol.asyncDispose]());

  const callSid = `CA${'1'.repeat(32)}`;
  const ring = (body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${sample.url}/webhook/ring/9?state=x`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-twilio-signature': 'good',
        ...headers,
      },
    });

  it('hands over the form of a POST and answers TwiML', async () => {
    const response = await ring(`CallSid=${callSid}&From=%2B972501234567&Twice=1&Twice=2&__proto__=x`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/xml/);
    expect(await response.text()).toBe('<Response/>');
    expect(sample.forms.at(-1)).toMatchObject({
      CallSid: callSid,
      From: '+972501234567',
      Twice: '1',
      id: '9',
    });
    expect(lines().map(({ event, callSid: sid }) => [event, sid])).toEqual([
      ['LISTENING', undefined],
      ['REQ', callSid],
      ['RES', callSid],
    ]);
  });

  it('answers 204 without TwiML, and takes the fields of a GET from its query', async () => {
    const response = await fetch(`${sample.url}/webhook/ring/9?quiet=1&CallSid=${callSid}`, {
      headers: { 'x-twilio-signature': 'good' },
    });
    expect(response.status).toBe(204);
    expect(sample.forms.at(-1)).toMatchObject({ quiet: '1', CallSid: callSid });
  });

  it('checks the signature before it looks at the form', async () => {
    const before = sample.forms.length;
    expect(
      (await ring('%%%', { 'x-twilio-signature': 'bad', 'content-type': 'application/json' })).status,
    ).toBe(403);
    expect(sample.forms).toHaveLength(before);
  });

  it('gives the guard the URL and the bytes as they came', async () => {
    const seen: unknown[] = [];
    await using guarded = await startSample({
      webhookGuard: (request) => {
        seen.push({ ...request, headers: undefined, rawBody: request.rawBody.toString() });
        return true;
      },
    });
    await fetch(`${guarded.url}/webhook/ring/a%20b?x=%2F`, {
      method: 'POST',
      body: new URLSearchParams('a=1&a=2&b=+'),
    });
    expect(seen).toEqual([
      {
        method: 'POST',
        originalUrl: '/webhook/ring/a%20b?x=%2F',
        params: { a: ['1', '2'], b: ' ' },
        rawBody: 'a=1&a=2&b=+',
      },
    ]);
  });

  it('refuses a form of over 500 fields before it is looked at or checked', async () => {
    const seen: unknown[] = [];
    await using guarded = await startSample({ webhookGuard: (request) => seen.push(request) > 0 });
    const post = (fields: number): Promise<Response> =>
      fetch(`${guarded.url}/webhook/ring/9`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: Array.from({ length: fields }, (_, index) => `f${index}=`).join('&'),
      });
    expect((await post(501)).status).toBe(413);
    expect(seen).toEqual([]);
    expect((await post(500)).status).toBe(200);
  });

  it('refuses a form over 64 kB and a body of another type', async () => {
    expect((await ring(`a=${'x'.repeat(70_000)}`)).status).toBe(413);
    expect((await ring('{}', { 'content-type': 'application/json' })).status).toBe(415);
  });
});
