import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { descriptorOf, readNow, writeNow } from './plain-connection';

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

describe('a plain connection', () => {
  it('has a descriptor while it is open, and nothing else has one', async () => {
    const { near, far, close } = await ends();
    expect(descriptorOf(near)).toBeGreaterThan(2);
    expect(descriptorOf(new TLSSocket(far))).toBe(-1);
    expect(descriptorOf(new PassThrough())).toBe(-1);
    near.destroy();
    expect(descriptorOf(near)).toBe(-1);
    close();
  });

  it('tells apart that nothing has come, that something has, and that it is over', async () => {
    const { near, far, close } = await ends();
    const into = Buffer.alloc(100);
    expect(readNow(descriptorOf(near), into)).toBe(-1);
    far.end('hello');
    await once(far, 'finish');
    expect(into.toString('latin1', 0, readNow(descriptorOf(near), into))).toBe('hello');
    expect(readNow(descriptorOf(near), into)).toBe(0);
    close();
  });

  it('takes bytes until it is full, and says how many', async () => {
    const { near, close } = await ends();
    const bytes = Buffer.alloc(1_000_000);
    let taken = 0;
    do taken = writeNow(descriptorOf(near), bytes, bytes.length);
    while (taken === bytes.length);
    expect(taken).toBeLessThan(bytes.length);
    while (taken > 0) taken = writeNow(descriptorOf(near), bytes, bytes.length);
    expect(writeNow(descriptorOf(near), bytes, bytes.length)).toBe(0);
    close();
  });

  it('throws what broke it', async () => {
    const { near, far, close } = await ends();
    const closed = once(far, 'close');
    far.resetAndDestroy();
    await closed;
    expect(() => {
      for (;;) writeNow(descriptorOf(near), Buffer.alloc(10), 10);
    }).toThrow(/ECONNRESET|EPIPE/);
    close();
  });
});
