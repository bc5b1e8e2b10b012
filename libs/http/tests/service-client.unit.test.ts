import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { ServiceCallError, ServiceClient } from '../src/index';
import { ServiceTokenSource } from '../src/service-token';
import { echo, fails, internal, SECRETS, startSample, tone, type Sample } from './sample-service';

const clientTo = (baseUrl: string, timeoutMs?: number): ServiceClient =>
  new ServiceClient({
    baseUrl,
    audience: 'recording-service',
    subject: 'media-gateway',
    secrets: SECRETS,
    timeoutMs,
  });

const errorOf = async (promise: Promise<unknown>): Promise<ServiceCallError> => {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ServiceCallError);
  return error as ServiceCallError;
};

describe('ServiceClient', () => {
  let sample: Sample;
  let client: ServiceClient;
  beforeAll(async () => {
    sample = await startSample();
    client = clientTo(sample.url);
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await sample[Symbol.asyncDispose]();
  });

  it('calls an endpoint by its contract, as a service, inside the given trace', async () => {
    const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
    const answer = await client.call(echo, {
      params: { id: '7' },
      query: { loud: 'yes' },
      body: { text: 'שלום' },
      traceparent,
    });
    expect(answer).toEqual({
      id: 7,
      text: 'שלום',
      who: 'media-gateway',
      traceparent: expect.stringContaining('c'.repeat(32)),
    });
  });

  it('returns nothing for a 204, and bytes of a binary endpoint', async () => {
    await expect(client.call(internal)).resolves.toBeUndefined();
    await expect(client.bytes(tone)).resolves.toEqual(Buffer.alloc(320, 1));
  });

  it('tells a refusal that is final from a failure that may pass', async () => {
    const conflict = await errorOf(client.call(fails, { query: { how: 'problem' } }));
    expect(conflict).toMatchObject({
      status: 409,
      retryable: false,
      problem: { title: 'Taken', detail: 'by someone' },
    });
    const broken = await errorOf(client.call(fails, { query: { how: 'error' } }));
    expect(broken).toMatchObject({ status: 500, retryable: true });
  });

  it('gives up after its time', async () => {
    const error = await errorOf(client.call(fails, { query: { how: 'hang' }, timeoutMs: 30 }));
    expect(error).toMatchObject({
      status: null,
      retryable: true,
      isRefused: false,
      message: 'fails: no answer within 30 ms',
    });
    sample.release();
  });

  it('ends when its signal does', async () => {
    const error = await errorOf(
      client.call(fails, { query: { how: 'hang' }, signal: AbortSignal.abort(new Error('the call ended')) }),
    );
    expect(error.message).toBe('fails: the call ended');
  });

  it('says so when nobody listens', async () => {
    await using lonely = clientTo('http://127.0.0.1:1');
    expect(await errorOf(lonely.call(internal))).toMatchObject({
      status: null,
      retryable: true,
      isRefused: true,
    });
  });

  it('refuses an answer that does not fit the contract, and survives one that is no problem document', async () => {
    const server: Server = createServer((request, response) => {
      if (request.url?.includes('page')) response.writeHead(502).end('<html>Bad gateway</html>');
      else response.end('{"ok":"maybe"}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    await using strange = clientTo(`http://127.0.0.1:${(server.address() as AddressInfo).port}/prefix/`);
    expect(await errorOf(strange.call(fails, { query: { how: 'x' } }))).toMatchObject({ status: 502 });
    expect(await errorOf(strange.call(fails, { query: { how: 'page' } }))).toMatchObject({
      status: 502,
      problem: null,
    });
    server.close();
  });

  it('escapes what it puts into a path', async () => {
    const error = await errorOf(
      client.call(echo, { params: { id: '../../openapi.json' }, body: { text: '' } }),
    );
    expect(error).toMatchObject({ status: 400, problem: { errors: [{ path: 'params.id' }] } });
  });
});

describe('ServiceTokenSource', () => {
  it('uses a token until half its minute is spent', () => {
    let nowMs = Date.now();
    const source = new ServiceTokenSource(
      { sub: 'x', role: 'service', businessIds: '*', aud: 'console' },
      SECRETS,
      () => nowMs,
    );
    const first = source.get();
    nowMs += 29_000;
    expect(source.get()).toBe(first);
    nowMs += 2_000;
    jest.useFakeTimers({ now: nowMs });
    expect(source.get()).not.toBe(first);
    jest.useRealTimers();
  });
});
