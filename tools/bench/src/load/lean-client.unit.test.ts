import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { LeanClient } from './lean-client';

const REQUEST = Buffer.from('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
let server: Server;
let connections = 0;
let status = 200;
let body = Buffer.alloc(0);
beforeAll(async () => {
  server = createServer((_request, response) => {
    response.writeHead(status, { 'content-length': body.length }).end(body);
  });
  server.on('connection', () => (connections += 1));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => void server.close());

it.each([0, 1, 40_000, 300_000])(
  'reads answers of %d bytes to their end, over few connections',
  async (bytes) => {
    body = Buffer.alloc(bytes, 13);
    connections = 0;
    using client = new LeanClient((server.address() as AddressInfo).port, REQUEST, 3);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => client.send()));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(connections).toBe(3);
    status = 404;
    expect(await client.send()).toBe(404);
    status = 200;
  },
);

it('says that nobody answers', async () => {
  using client = new LeanClient(9, REQUEST);
  await expect(client.send()).rejects.toThrow('ECONNREFUSED');
});
