import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { PlainConnection } from './plain-connection';

const ends = async () => {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [near] = (await once(server, 'connection')) as [Socket];
  const close = (): void => {
    far.destroy();
    near.destroy();
    server.close();
  };
  return { near, far, close };
};

describe('PlainConnection', () => {
  it('is open until the socket is destroyed, and there is none for anything else', async () => {
    const { near, far, close } = await ends();
    const connection = PlainConnection.of(near)!;
    expect(connection.isOpen).toBe(true);
    expect(PlainConnection.of(new TLSSocket(far))).toBeNull();
    expect(PlainConnection.of(new PassThrough())).toBeNull();
    near.destroy();
    expect(connection.isOpen).toBe(false);
    expect(PlainConnection.of(near)).toBeNull();
    close();
  });

  it('tells apart that nothing has come, that something has, and that it is over', async () => {
    const { near, far, close } = await ends();
    const connection = PlainConnection.of(near)!;
    const into = Buffer.alloc(100);
    expect(connection.readNow(into)).toBe(-1);
    far.end('hello');
    await once(far, 'finish');
    expect(into.toString('latin1', 0, connection.readNow(into))).toBe('hello');
    expect(connection.readNow(into)).toBe(0);
    close();
  });

  it('takes bytes until it is full, and says how many', async () => {
    const { near, close } = await ends();
    const connection = PlainConnection.of(near)!;
    const bytes = Buffer.alloc(1_000_000);
    let taken = 0;
    do taken = connection.writeNow(bytes, bytes.length);
    while (taken === bytes.length);
    expect(taken).toBeLessThan(bytes.length);
    while (taken > 0) taken = connection.writeNow(bytes, bytes.length);
    expect(connection.writeNow(bytes, bytes.length)).toBe(0);
    close();
  });

  it('throws what broke it', async () => {
    const { near, far, close } = await ends();
    const connection = PlainConnection.of(near)!;
    const closed = once(far, 'close');
    far.resetAndDestroy();
    await closed;
    expect(() => {
      for (;;) connection.writeNow(Buffer.alloc(10), 10);
    }).toThrow(/ECONNRESET|EPIPE/);
    close();
  });
});
