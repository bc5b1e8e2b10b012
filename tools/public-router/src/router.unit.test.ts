import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { DisposalStack } from '@frontdesk/runtime';
import { WebSocket, WebSocketServer } from 'ws';
import { PublicRouter } from './router';

/** An owner of paths that answers with what it got. */
const listenEcho = async (): Promise<{ url: string; close: () => Promise<unknown> }> => {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.url === '/webhook/never') return;
      response.writeHead(201, { 'x-owner': 'echo' });
      response.end(
        JSON.stringify({
          host: request.headers.host,
          forwarded: request.headers['x-forwarded-for'],
          url: request.url,
          body: Buffer.concat(chunks).toString('latin1'),
        }),
      );
    });
  });
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket, head: Buffer) => {
    if (request.url === '/ws/refused') return void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (peer) => {
      peer.send(`hello ${request.headers.host} ${request.headers['x-twilio-signature']}`);
      peer.on('message', (data, isBinary) => peer.send(data, { binary: isBinary }));
      peer.on('close', (code) => (lastCloseCode = code));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
};

let lastCloseCode: number | undefined;
let echo: Awaited<ReturnType<typeof listenEcho>>;
let router: PublicRouter;
let origin: string;

beforeAll(async () => {
  echo = await listenEcho();
  router = await PublicRouter.listen({
    port: 0,
    host: '127.0.0.1',
    gatewayUrls: ['http://127.0.0.1:1', echo.url],
    recordingUrl: 'http://127.0.0.1:1', // nothing listens there
    dialerUrls: ['http://127.0.0.1:1', echo.url],
    answerTimeoutMs: 300,
    readinessMs: 60_000,
    controlPort: 0,
  });
  origin = `127.0.0.1:${router.port}`;
});
afterAll(async () => {
  await router[Symbol.asyncDispose]();
  await echo.close();
});

const nextMessage = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => socket.once('message', (data: Buffer) => resolve(data.toString())));

it('passes method, path, query, body bytes and status through, and says who asked', async () => {
  const body = 'From=%2B972501234567&Body=caf\u00e9+\u0000';
  const response = await fetch(`http://${origin}/webhook/incoming_call?a=1&b=%20`, { method: 'POST', body });
  expect([response.status, response.headers.get('x-owner')]).toEqual([201, 'echo']);
  expect(await response.json()).toEqual({
    host: origin,
    forwarded: '127.0.0.1',
    url: '/webhook/incoming_call?a=1&b=%20',
    body: Buffer.from(body).toString('latin1'),
  });
});

it.each([
  ['gateway', '/webhook/incoming_call'],
  ['dialer', '/webhook/dial/019a/status'],
])('hands a request to the next %s where one refuses the connection, body and all', async (_, path) => {
  for (const number of [1, 2, 3]) {
    const body = `n=${number}`;
    const response = await fetch(`http://${origin}${path}`, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ body });
  }
});

it('hands a request to the next replica where one dies while the request crosses a connection kept open, body and all', async () => {
  let crossed = 0;
  const dying = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      if (seen.has(request.socket)) {
        crossed += 1;
        return void request.socket.destroy();
      }
      seen.add(request.socket);
      response.end('{"body":"n"}');
    });
  });
  const seen = new Set<unknown>();
  await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve));
  await using held = new DisposalStack(() => undefined);
  held.defer('replica', () => {
    dying.closeAllConnections();
    dying.close();
  });
  await using crossing = await PublicRouter.listen({
    port: 0,
    host: '127.0.0.1',
    gatewayUrls: [`http://127.0.0.1:${(dying.address() as AddressInfo).port}`, echo.url],
    recordingUrl: 'http://127.0.0.1:1',
    dialerUrls: ['http://127.0.0.1:1'],
    answerTimeoutMs: 10_000,
    readinessMs: 60_000,
    controlPort: 0,
  });
  const answers: string[] = [];
  for (let number = 0; number < 6; number++) {
    const path = `/webhook/incoming_call?n=${number}`;
    const response = await fetch(`http://127.0.0.1:${crossing.port}${path}`, { method: 'POST', body: 'n' });
    answers.push(((await response.json()) as { body: string }).body);
  }
  expect(answers).toEqual(Array.from({ length: 6 }, () => 'n'));
  expect(crossed).toBeGreaterThan(0);
});

it('takes as many requests at once as come, over 16 connections to a replica, and answers each', async () => {
  let connections = 0;
  const counted = createServer((request, response) => {
    request.resume();
    // Slow enough for all to be there at once.
    request.on('end', () => setTimeout(() => response.end(request.url), 100));
  }).on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => counted.listen(0, '127.0.0.1', resolve));
  const { port } = counted.address() as AddressInfo;
  await using held = new DisposalStack(() => undefined);
  held.defer('replica', () => {
    counted.closeAllConnections();
    counted.close();
  });
  await using crowded = await PublicRouter.listen({
    port: 0,
    host: '127.0.0.1',
    gatewayUrls: [`http://127.0.0.1:${port}`],
    recordingUrl: 'http://127.0.0.1:1',
    dialerUrls: ['http://127.0.0.1:1'],
    answerTimeoutMs: 10_000,
    readinessMs: 60_000,
    controlPort: 0,
  });
  const paths = Array.from({ length: 60 }, (_, index) => `/webhook/stream_ended?call=${index}`);
  const answers = paths.map(async (path) =>
    (await fetch(`http://127.0.0.1:${crowded.port}${path}`, { method: 'POST', body: 'x' })).text(),
  );
  expect(await Promise.all(answers)).toEqual(paths);
  expect(connections).toBeLessThanOrEqual(16);
});

it('answers 404 to a path that is not public, 502 while the owner is down, 502 when it does not answer in time', async () => {
  const statusOf = async (path: string): Promise<[number, string | null]> => {
    const response = await fetch(`http://${origin}${path}`, { method: 'POST', body: 'x' });
    await response.text();
    return [response.status, response.headers.get('content-type')];
  };
  expect(await statusOf('/api/calls')).toEqual([404, 'application/problem+json']);
  expect(await statusOf('/webhook/recording_status')).toEqual([502, 'application/problem+json']);
  expect(await statusOf('/webhook/never')).toEqual([502, 'application/problem+json']);
});

it('upgrades a WebSocket with its Host and signature, carries both directions and the close code', async () => {
  const socket = new WebSocket(`ws://${origin}/ws/twilio-media`, {
    headers: { host: 'frontdesk.example', 'x-twilio-signature': 'sig' },
  });
  expect(await nextMessage(socket)).toBe('hello frontdesk.example sig');
  socket.send('frame');
  expect(await nextMessage(socket)).toBe('frame');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.close(4001);
  await closed;
  expect(lastCloseCode).toBe(4001);
});

it("passes on an owner's refusal to upgrade", async () => {
  const socket = new WebSocket(`ws://${origin}/ws/refused`);
  const [status] = await new Promise<[number]>((resolve) =>
    socket.once('unexpected-response', (_request, response) => resolve([response.statusCode ?? 0])),
  );
  expect(status).toBe(403);
  socket.on('error', () => undefined);
  socket.terminate();
});
