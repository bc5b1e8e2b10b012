import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { InPlaceSocket } from './in-place-socket';

const UPGRADE = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

/** A server whose upgraded connections are read in place, and a client of it. */
const connected = async () => {
  const server: Server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.setNoDelay(true);
  client.write(UPGRADE);
  const [, accepted] = (await once(server, 'upgrade')) as [unknown, Socket];
  const socket = InPlaceSocket.of(accepted)!;
  const connections = (): Promise<number> =>
    new Promise((resolve, reject) =>
      server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
    );
  const close = async (): Promise<void> => {
    client.destroy();
    socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  return { client, accepted, socket, connections, close };
};

describe('InPlaceSocket', () => {
  it('tells what comes as data, whole and in order, while nobody takes it', async () => {
    const { client, socket, close } = await connected();
    const sent = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251));
    const got: Buffer[] = [];
    socket.on('data', (data: Buffer) => got.push(data));
    client.end(sent);
    await once(socket, 'end');
    expect(Buffer.concat(got).equals(sent)).toBe(true);
    await close();
  });

  it('lends each read to who takes it, in one buffer for all connections', async () => {
    const [one, other] = await Promise.all([connected(), connected()]);
    const buffers = new Set<Buffer>();
    const told: string[] = [];
    const heard = (who: typeof one): Promise<void> =>
      new Promise((resolve) => {
        who.socket.reads.taker = (bytes, count) => {
          buffers.add(bytes);
          told.push(bytes.toString('latin1', 0, count));
          resolve();
        };
      });
    const both = [heard(one), heard(other)];
    one.client.write('from one');
    other.client.write('from the other');
    await Promise.all(both);
    expect(told.sort()).toEqual(['from one', 'from the other']);
    expect(buffers.size).toBe(1);
    await Promise.all([one.close(), other.close()]);
  });

  it('gives on as a copy what a taker passes', async () => {
    const { client, socket, close } = await connected();
    socket.reads.taker = (bytes, count, pass) => {
      pass(1, count - 1);
      bytes.fill(0, 0, count);
    };
    const data = once(socket, 'data');
    client.write('<passed>');
    expect(String((await data)[0])).toBe('passed');
    await close();
  });

  it('reads no more while nobody wants the data, and goes on then without a loss', async () => {
    const { client, socket, close } = await connected();
    const sent = Buffer.alloc(8_000_000, 'abcdefg');
    client.end(sent);
    await once(socket, 'readable');
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    // More than this is never held: the rest waits in the network.
    expect(socket.readableLength).toBeLessThan(socket.readableHighWaterMark + 64 * 1024 + 1);
    const got: Buffer[] = [];
    for await (const data of socket) got.push(data as Buffer);
    expect(Buffer.concat(got).equals(sent)).toBe(true);
    await close();
  });

  it("is off the server's books when the other end has gone", async () => {
    const { client, accepted, socket, connections, close } = await connected();
    expect(await connections()).toBe(1);
    socket.resume();
    const closed = [once(socket, 'close'), once(accepted, 'close')];
    client.destroy();
    await once(socket, 'end');
    socket.end();
    await Promise.all(closed);
    expect(await connections()).toBe(0);
    await close();
  });

  it('closes when the server destroys the socket that it accepted', async () => {
    const { client, accepted, close } = await connected();
    client.resume();
    const closed = once(client, 'close');
    accepted.destroy();
    await closed;
    await close();
  });

  it('leaves alone what is no TCP connection', () => {
    expect(InPlaceSocket.of(new PassThrough())).toBeNull();
  });
});
