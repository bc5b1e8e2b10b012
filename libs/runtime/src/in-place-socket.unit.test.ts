import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
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

  describe('read when asked', () => {
    /** A connection that is taken from, with a timer that asks or without; what is heard of it. */
    const read = async (everyMs = 0) => {
      const { client, socket, ...rest } = await connected();
      const got: Buffer[] = [];
      const told: string[] = [];
      socket.reads.taker = (bytes, count) => got.push(Buffer.from(bytes.subarray(0, count)));
      socket.resume();
      socket.on('error', (error) => told.push((error as NodeJS.ErrnoException).code ?? error.message));
      socket.on('end', () => told.push('end'));
      socket.on('close', () => told.push('close'));
      // Node begins to read in the next turn.
      await new Promise((resolve) => setImmediate(resolve));
      socket.readNow();
      const timer = everyMs > 0 ? setInterval(() => socket.readNow(), everyMs) : null;
      const close = async (): Promise<void> => {
        if (timer) clearInterval(timer);
        await rest.close();
      };
      return { client, socket, told, text: () => Buffer.concat(got).toString(), got, close };
    };
    /** Until what was written lies at the other end. */
    const arrives = async (client: Socket, text: string): Promise<void> => {
      await new Promise((resolve) => client.write(text, resolve));
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    };

    it('reads nothing by itself, and all that has come when it is asked', async () => {
      const { client, socket, text, close } = await read();
      await arrives(client, 'one');
      await arrives(client, ' two');
      expect(text()).toBe('');
      socket.readNow();
      expect(text()).toBe('one two');
      socket.readNow();
      expect(text()).toBe('one two');
      await arrives(client, ' three');
      expect(text()).toBe('one two');
      socket.readNow();
      expect(text()).toBe('one two three');
      await close();
    });

    it('loses nothing of much, however it is cut', async () => {
      const { client, told, got, socket, close } = await read(5);
      const sent = Buffer.from(Array.from({ length: 2_000_000 }, (_, index) => index % 253));
      for (let at = 0, size = 1; at < sent.length; at += size, size = ((size * 7) % 100_003) + 1)
        client.write(sent.subarray(at, at + size));
      client.end();
      await once(socket, 'end');
      expect(Buffer.concat(got).equals(sent)).toBe(true);
      expect(told).toEqual(['end']);
      await close();
    });

    it('tells of a connection that breaks', async () => {
      const { client, socket, told, close } = await read(5);
      const closed = new Promise((resolve) => socket.once('close', resolve));
      client.resetAndDestroy();
      await closed;
      expect(told).toEqual(['ECONNRESET', 'close']);
      await close();
    });

    it('reads no more while its listener has paused it, and goes on then without a loss', async () => {
      const { client, socket, text, close } = await read();
      socket.pause();
      await arrives(client, 'waits');
      socket.readNow();
      expect(text()).toBe('');
      socket.resume();
      socket.readNow();
      await arrives(client, ', goes on');
      socket.readNow();
      expect(text()).toBe('waits, goes on');
      await close();
    });

    it('stays with whoever asks, though a listener was given something in between', async () => {
      const { client, socket, got, text, close } = await read();
      const data: string[] = [];
      socket.on('data', (bytes: Buffer) => data.push(String(bytes)));
      socket.reads.taker = (bytes, count, pass) => {
        got.push(Buffer.from(bytes.subarray(0, count)));
        if (got.length === 1) pass(0, count);
      };
      await arrives(client, 'one');
      socket.readNow();
      expect(data).toEqual(['one']);
      // By then Node reads again.
      await new Promise((resolve) => setImmediate(resolve));
      socket.readNow();
      await arrives(client, ' two');
      expect(text()).toBe('one');
      socket.readNow();
      expect(text()).toBe('one two');
      await close();
    });

    it('reads as it comes again, when that is wanted', async () => {
      const { client, socket, text, close } = await read();
      socket.readAsItComes();
      await arrives(client, 'by itself');
      expect(text()).toBe('by itself');
      await close();
    });

    it('leaves a connection alone that is closed, and another that has its number now', async () => {
      const { client, socket, text, close } = await read();
      const numberOf = (of: Socket): unknown => (of as unknown as { _handle: { fd: number } })._handle.fd;
      const far = createTcpServer().listen(0, '127.0.0.1');
      await once(far, 'listening');
      client.on('error', () => undefined);
      await arrives(client, 'late');
      const number = numberOf(socket);
      socket.destroy();
      socket.readNow();
      const next = connect((far.address() as AddressInfo).port, '127.0.0.1');
      const [accepted] = (await once(far, 'connection')) as [Socket];
      expect(numberOf(next)).toBe(number);
      await arrives(accepted, 'of another');
      socket.readNow();
      socket.readAsItComes();
      expect(text()).toBe('');
      const [data] = (await once(next, 'data')) as [Buffer];
      expect(String(data)).toBe('of another');
      next.destroy();
      accepted.destroy();
      far.close();
      await close();
    });
  });
});
