import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { type Writable } from 'node:stream';
import * as ws from 'ws';
import { type FrameSocket } from './plain-connection';
import { TextFrameWriter } from './text-frame-writer';

/** The library's own reader, which its types leave out. */
const { Receiver } = ws as unknown as { Receiver: new (options: { isServer: boolean }) => Writable };

/** A socket that takes everything, or nothing, at once, and what a WebSocket end reads from it. */
const connected = (options: { isMasked: boolean; capacityBytes?: number }) => {
  const written: Uint8Array[] = [];
  const socket = {
    writableLength: 0,
    /** What is taken at once is read now; what waits lies where it was. */
    write: (bytes: Uint8Array) => written.push(socket.writableLength > 0 ? bytes : Buffer.from(bytes)) > 0,
  };
  const read = async (): Promise<string[]> => {
    const receiver = new Receiver({ isServer: options.isMasked });
    const texts: string[] = [];
    receiver.on('message', (data: Buffer, isBinary: boolean) => texts.push(`${isBinary}:${data}`));
    for (const bytes of written) receiver.write(Buffer.from(bytes));
    await new Promise((resolve) => receiver.end(resolve));
    return texts.map((text) => text.replace(/^false:/, ''));
  };
  return { socket, written, read, writer: new TextFrameWriter(socket as FrameSocket, options) };
};

describe('TextFrameWriter', () => {
  it.each([true, false])(
    'is understood by a WebSocket end, at every form of length (masked: %s)',
    async (isMasked) => {
      const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(5000), 'e'.repeat(65_536), 'f'];
      const shown = (all: string[]): string[] => all.map((text) => `${text.length} ${text.slice(0, 3)}`);
      const { writer, read } = connected({ isMasked });
      for (const text of texts) {
        writer.add(text);
        writer.flush();
      }
      expect(shown(await read())).toEqual(shown(texts));
    },
  );

  it.each([true, false])(
    'encodes bytes into a message as base64, between head and tail (masked: %s)',
    async (isMasked) => {
      const { writer, read } = connected({ isMasked });
      const audio = Buffer.from(Array.from({ length: 400 }, (_, index) => index * 7));
      const shown: string[] = [];
      // Every place within a word, and every padding.
      for (let length = 318; length < 324; length++) {
        writer.addBase64(Buffer.from('{"a":"'), audio, 3, 3 + length, Buffer.from('"}'));
        writer.add('x'.repeat(length % 4));
        shown.push(`{"a":"${audio.toString('base64', 3, 3 + length)}"}`, 'x'.repeat(length % 4));
        if (length % 2) writer.flush();
      }
      writer.flush();
      expect(await read()).toEqual(shown);
    },
  );

  it('sends what was added in one write, and nothing when nothing was', () => {
    const { writer, written } = connected({ isMasked: false });
    writer.add('one');
    writer.add('two');
    writer.flush();
    writer.flush();
    expect(written.map((bytes) => Buffer.from(bytes).toString('latin1'))).toEqual(['\x81\x03one\x81\x03two']);
  });

  it('does not write over what the network has not taken yet', async () => {
    const { writer, socket, read } = connected({ isMasked: true });
    socket.writableLength = 1;
    for (const text of ['first', 'second', 'third']) {
      writer.add(text);
      writer.flush();
    }
    expect(await read()).toEqual(['first', 'second', 'third']);
  });

  it('uses its one buffer again once a socket that takes nothing at once has taken it all', async () => {
    const { writer, socket, written, read } = connected({ isMasked: true });
    // As over TLS: every write is taken a little later.
    socket.write = (bytes) => {
      socket.writableLength += bytes.length;
      return written.push(bytes) > 0;
    };
    const drain = (): void => {
      for (const [index, bytes] of written.entries()) written[index] = Buffer.from(bytes);
      socket.writableLength = 0;
    };
    const buffers = new Set<unknown>();
    const send = (text: string): void => {
      writer.add(text);
      writer.flush();
      buffers.add(written.at(-1)!.buffer);
    };
    for (const text of ['one', 'two', 'three']) {
      send(text);
      drain();
    }
    expect(buffers.size).toBe(1);
    send('four');
    send('five');
    expect(buffers.size).toBe(2);
    drain();
    expect(await read()).toEqual(['one', 'two', 'three', 'four', 'five']);
  });

  it('keeps the order when its buffer is full in between', async () => {
    const { writer, socket, read } = connected({ isMasked: false, capacityBytes: 64 });
    socket.writableLength = 1;
    const texts = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(400), 'd'];
    for (const text of texts) writer.add(text);
    writer.flush();
    expect(await read()).toEqual(texts);
  });
});

describe('TextFrameWriter on a plain connection', () => {
  /** Both ends of a connection, and the texts that a WebSocket end finds in what comes out of it. */
  const plain = async (isMasked = false) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const far = connect((server.address() as AddressInfo).port, '127.0.0.1');
    far.on('error', () => undefined);
    const [near] = (await once(server, 'connection')) as [Socket];
    const errors: string[] = [];
    near.on('error', (error) => errors.push((error as NodeJS.ErrnoException).code ?? error.message));
    const receiver = new Receiver({ isServer: isMasked });
    const texts: string[] = [];
    receiver.on('message', (data: Buffer) => texts.push(String(data)));
    const written = jest.spyOn(near, 'write');
    const writer = new TextFrameWriter(near, { isMasked, capacityBytes: 256 });
    const send = (text: string): void => {
      writer.add(text);
      writer.flush();
    };
    /** All that was written, to the end of the connection. */
    const read = async (): Promise<string[]> => {
      far.pipe(receiver);
      near.end();
      await once(receiver, 'finish');
      return texts;
    };
    const close = (): void => {
      far.destroy();
      near.destroy();
      server.close();
    };
    return { near, far, writer, written, send, read, errors, close };
  };

  it.each([true, false])('gives its frames to the network past the stream (masked: %s)', async (isMasked) => {
    const { send, written, read, close } = await plain(isMasked);
    const texts = ['one', 'two'.repeat(100), 'three'.repeat(5000), 'four'];
    texts.forEach(send);
    expect(written).not.toHaveBeenCalled();
    expect(await read()).toEqual(texts);
    close();
  });

  it('keeps the order, and loses nothing, where the network takes only a part', async () => {
    const { send, near, read, close } = await plain();
    const texts: string[] = [];
    // Until it takes no more, and on.
    for (let index = 0; near.writableLength < 200_000; index++)
      send(texts[texts.push(`${index} ${'x'.repeat(index % 3000)}`) - 1]!);
    expect(await read()).toEqual(texts);
    close();
  });

  it('comes after what waits in the stream already', async () => {
    const { send, near, read, close } = await plain();
    near.cork();
    near.write(Buffer.from('\x81\x05first', 'latin1'));
    send('second');
    near.uncork();
    expect(await read()).toEqual(['first', 'second']);
    close();
  });

  it('shares its memory with others, and mixes nothing', async () => {
    const one = await plain();
    const other = await plain(true);
    one.writer.add('of one');
    other.writer.add('of the other');
    one.writer.add('of one, too');
    other.writer.flush();
    one.writer.flush();
    expect(await one.read()).toEqual(['of one', 'of one, too']);
    expect(await other.read()).toEqual(['of the other']);
    one.close();
    other.close();
  });

  it('leaves a connection that has broken to whoever reads it: what the other end said before is not lost', async () => {
    const { near, far, send, errors, close } = await plain();
    far.write('last words');
    far.end();
    await once(far, 'finish');
    const gone = new Promise((resolve) => far.once('close', resolve));
    far.destroy();
    await gone;
    // The first is answered by a reset, of which the second hears.
    for (let turn = 0; turn < 10; turn++) {
      send('to nobody');
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(near.destroyed).toBe(false);
    expect(errors).toEqual([]);
    const closed = new Promise((resolve) => near.once('close', resolve));
    const heard: string[] = [];
    near.on('data', (data: Buffer) => heard.push(String(data)));
    await closed;
    expect(heard).toEqual(['last words']);
    send('to nobody');
    close();
  });
});
