import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type lookup } from 'node:dns';
import { AddressRefusedError, PublicClient } from './public-client';

describe('PublicClient', () => {
  let server: Server;
  let base: string;
  const seen: { url: string; host: string; body: string }[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => void answer(request).then((body) => response.end(body)));
    const answer = async (request: IncomingMessage): Promise<string> => {
      let body = '';
      for await (const part of request) body += String(part);
      seen.push({ url: request.url!, host: request.headers.host!, body });
      return request.url!.endsWith('/large') ? 'x'.repeat(2000) : 'fine';
    };
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  const resolvingTo = (...addresses: string[]) =>
    ((_name: string, _options: unknown, callback: (error: null, found: object[]) => void) =>
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      )) as unknown as typeof lookup;
  const client = (options: { routes?: Record<string, string>; lookup?: typeof lookup } = {}) =>
    new PublicClient({
      routes: new Map(Object.entries(options.routes ?? {})),
      connectTimeoutMs: 500,
      maxAnswerBytes: 1000,
      ...(options.lookup && { lookup: options.lookup }),
    });
  const post = async (url: string, using: PublicClient): Promise<string> => {
    await using open = using;
    const signal = AbortSignal.timeout(2000);
    return (await open.post(url, { headers: {}, body: '{}', signal })).body.toString();
  };
  const port = (): string => new URL(base).port;

  it.each([
    'https://127.0.0.1:PORT/',
    'https://0x7f.1:PORT/',
    'https://2130706433:PORT/',
    'https://[::1]:PORT/',
    'https://[::ffff:127.0.0.1]:PORT/',
    'https://169.254.169.254/latest/meta-data',
    'https://localhost:PORT/',
    'http://127.0.0.1:PORT/',
    'http://crm.example/',
  ])('makes no connection for %s', async (url) => {
    await expect(post(url.replace('PORT', port()), client())).rejects.toThrow(AddressRefusedError);
    expect(seen).toEqual([]);
  });

  it('looks at every address that a name has, at the moment of connecting', async () => {
    const url = `https://rebind.example:${port()}/`;
    const { 0: refused, 1: mixed } = [['10.0.0.1'], ['1.1.1.1', '::ffff:10.0.0.1']];
    await expect(post(url, client({ lookup: resolvingTo(...refused!) }))).rejects.toThrow(
      AddressRefusedError,
    );
    await expect(post(url, client({ lookup: resolvingTo(...mixed!) }))).rejects.toThrow(AddressRefusedError);
    await expect(post(url, client({ lookup: resolvingTo() }))).rejects.toThrow(AddressRefusedError);
  });

  it('goes where an operator says for a host that he named, and takes only so much of an answer', async () => {
    const routes = { 'crm.example': `${base}/inside` };
    await expect(post('https://crm.example/book?x=1', client({ routes }))).resolves.toBe('fine');
    expect(seen.splice(0)).toEqual([{ url: '/inside/book?x=1', host: new URL(base).host, body: '{}' }]);
    await expect(post('https://crm.example/large', client({ routes }))).rejects.toThrow(/larger than 1000/);
    seen.length = 0;
  });
});
