import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import { GatewayEvents } from '../events';
import { serveStreams } from './stream-server';

/** The status line that an upgrade of `path` is answered with. */
const upgraded = async (path: string, can: { isSigned?: boolean; hasRoom?: boolean } = {}) => {
  const { isSigned = true, hasRoom = true } = can;
  await using held = new DisposalStack(() => undefined);
  const server = createServer();
  let streams = 0;
  const webSockets = serveStreams({
    server,
    isSigned: () => isSigned,
    hasRoom: () => hasRoom,
    onStream: () => (streams += 1),
    events: new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false })),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  held.defer('server', () => {
    for (const client of webSockets.clients) client.terminate();
    server.close();
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  held.defer('socket', () => void socket.destroy());
  const headers = [
    'host: frontdesk.example',
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    `sec-websocket-key: ${Buffer.alloc(16, 1).toString('base64')}`,
  ];
  socket.write(`GET ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
  const [head] = (await once(socket, 'data')) as [Buffer];
  return { status: head.toString('latin1').split('\r\n')[0], streams };
};

describe('the upgrade of a media stream', () => {
  it.each(['/ws/twilio-media', '/ws/twilio-media/'])(
    'is answered 101 at %s, without a redirect',
    async (path) => {
      expect(await upgraded(path)).toEqual({ status: 'HTTP/1.1 101 Switching Protocols', streams: 1 });
    },
  );

  it.each([
    ['404 at any other path', '/ws/twilio-media//', {}, '404 Not Found'],
    ['403 without a signature', '/ws/twilio-media', { isSigned: false }, '403 Forbidden'],
    ['503 without room', '/ws/twilio-media/', { hasRoom: false }, '503 Service Unavailable'],
  ])('is answered %s', async (_title, path, can, status) => {
    expect(await upgraded(path, can)).toEqual({ status: `HTTP/1.1 ${status}`, streams: 0 });
  });
});
