import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Duplex, type Writable } from 'node:stream';
import { type ConnectionOptions } from 'node:tls';
import fc from 'fast-check';
import * as ws from 'ws';
import { connectInPlace, InPlaceSocket } from './in-place-socket';
import { readTextFrames, readTextFramesAfterUpgrade, TextFrameReader } from './text-frame-reader';

type Frames = (data: Buffer, options: object) => Buffer[];
/** The library's own way to make frames, which its types leave out. */
const { frame } = (ws as unknown as { Sender: { frame: Frames } }).Sender;
/** The library's own reader, too. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: { isServer: boolean }) => Writable;
};
const framed = (data: string, change: object = {}): Buffer =>
  Buffer.concat(
    frame(Buffer.from(data), { fin: true, rsv1: false, opcode: 1, mask: true, readOnly: true, ...change }),
  );

/** What a reader makes of bytes that come in these pieces. */
const reading = () => {
  const told: string[] = [];
  const left: Buffer[] = [];
  const reader = new TextFrameReader((bytes, from, to) => told.push(bytes.toString('latin1', from, to)), {
    isMasked: true,
  });
  const receive = (piece: Buffer): void =>
    reader.receive(piece, 0, piece.length, (from, to) => left.push(Buffer.from(piece.subarray(from, to))));
  return { receive, told, left: () => Buffer.concat(left) };
};

describe('TextFrameReader', () => {
  it('reads whole text frames of every length alike, several in one piece as well', () => {
    const texts = ['', 'a', 'b'.repeat(125), 'c'.repeat(126), 'd'.repeat(351), 'e'.repeat(65_535)];
    const { receive, told, left } = reading();
    receive(Buffer.concat(texts.map((text) => framed(text))));
    for (const text of texts) receive(framed(text));
    expect(told).toEqual([...texts, ...texts]);
    expect(left()).toHaveLength(0);
  });

  it('loses, doubles and reorders nothing, wherever the network cuts, with the library behind it', () => {
    const message = fc.record({ size: fc.nat(400), opcode: fc.constantFrom(1, 1, 1, 9, 10) });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.nat(900), { maxLength: 8 }),
        (messages, cuts) => {
          const sent = messages.map(({ size, opcode }, index) => ({
            opcode,
            text: String(index).repeat(opcode === 1 ? size : size % 126),
          }));
          const all = Buffer.concat(sent.map(({ text, opcode }) => framed(text, { opcode })));
          const told: string[] = [];
          const library = new Receiver({ isServer: true });
          library.on('message', (data: Buffer) => told.push(`1 ${data}`));
          library.on('ping', (data: Buffer) => told.push(`9 ${data}`));
          library.on('pong', (data: Buffer) => told.push(`10 ${data}`));
          const reader = new TextFrameReader(
            (bytes, from, to) => told.push(`1 ${bytes.toString('latin1', from, to)}`),
            { isMasked: true },
          );
          const places = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
          for (let index = 1; index < places.length; index++) {
            const piece = Buffer.from(all.subarray(places[index - 1], places[index]));
            // Behind what was read lie bytes of another connection.
            const buffer = Buffer.concat([piece, all]);
            reader.receive(buffer, 0, piece.length, (from, to) =>
              library.write(Buffer.from(buffer.subarray(from, to))),
            );
          }
          expect(told).toEqual(sent.map(({ opcode, text }) => `${opcode} ${text}`));
        },
      ),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['a fragment', framed('a', { fin: false })],
    ['a binary frame', framed('a', { opcode: 2 })],
    ['a close', framed('', { opcode: 8 })],
    ['a frame without a mask', framed('a', { mask: false })],
    ['a compressed frame', framed('a', { rsv1: true })],
    ['a frame of more than 64 KiB', framed('a'.repeat(65_536))],
    ['a long ping', framed('a'.repeat(126), { opcode: 9 })],
  ])('gives everything from %s on to the library', (_name, other) => {
    const { receive, told, left } = reading();
    receive(Buffer.concat([framed('before'), other, framed('after')]));
    receive(framed('later'));
    expect(told).toEqual(['before']);
    expect(left().subarray(0, other.length)).toEqual(other);
    expect(left()).toHaveLength(other.length + framed('after').length + framed('later').length);
  });
});

describe('readTextFrames', () => {
  it('shares a connection with the library: order, pongs and the close are as ever', async () => {
    const server = createServer();
    const webSockets = new ws.WebSocketServer({ noServer: true, perMessageDeflate: false });
    const told: string[] = [];
    const over = new Promise<void>((resolve) => {
      server.on('upgrade', (request, socket, head) => {
        const connection = InPlaceSocket.of(socket)!;
        webSockets.handleUpgrade(request, connection, head, (webSocket) => {
          readTextFrames(connection.reads, (bytes, from, to) =>
            told.push(`read ${bytes.toString('latin1', from, to)}`),
          );
          webSocket.on('message', (data, isBinary) => told.push(`library ${isBinary} ${data}`));
          webSocket.on('pong', (data) => told.push(`pong ${data}`));
          webSocket.on('close', (code) => {
            told.push(`closed ${code}`);
            resolve();
          });
        });
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new ws.WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    await new Promise((resolve) => client.once('open', resolve));
    client.send('one');
    client.pong('two');
    client.send('three');
    client.send(Buffer.from('four'));
    client.send('five');
    client.close(1000);
    await over;
    await new Promise((resolve) => server.close(resolve));
    webSockets.close();
    expect(told).toEqual([
      'read one',
      'pong two',
      'read three',
      'library true four',
      'library false five',
      'closed 1000',
    ]);
  });
});

/** Of `localhost`, signed by itself, for a hundred years. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUVVAY3FcGQ5o+kK9lSllOpHesQ2kwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyOTIxNTgzMFoYDzIxMjYxMTA1
MjE1ODMwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAASwDsTkGvGCAeygTqV3y9BzFBoR8GRF3ArXckwfhXJNl0BJN4g6/2r7
lPytg1yjaqLnQyuZHOXdTRnaepSrN/Lqo28wbTAdBgNVHQ4EFgQUUyEZzokseyih
YWonUfWijgVUFr8wHwYDVR0jBBgwFoAUUyEZzokseyihYWonUfWijgVUFr8wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAJV2U+u0z2S+RdYa50PrqAmN4enjKQ5B+iNAbFWSoDOEAiEA
6xzhDLvQ7leVCzxVvt72PyYdiGwSkhIQfLQc8tjrZiU=
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqYBBEfCCeeYzJABZ
Ocf9URn7UGN5gNPwYTJ4NYf7uTOhRANCAASwDsTkGvGCAeygTqV3y9BzFBoR8GRF
3ArXckwfhXJNl0BJN4g6/2r7lPytg1yjaqLnQyuZHOXdTRnaepSrN/Lq
-----END PRIVATE KEY-----`;

describe('readTextFramesAfterUpgrade', () => {
  /** What a client reads in place of what a server writes to its socket in these pieces, the first with its answer. */
  const readOf = async (isTls: boolean, pieces: readonly Buffer[]): Promise<string[]> => {
    const server = isTls ? createTlsServer({ key: KEY, cert: CERTIFICATE }) : createServer();
    const webSockets = new ws.WebSocketServer({ noServer: true, perMessageDeflate: false });
    server.on('upgrade', (request, socket: Duplex & { setNoDelay(): void }, head: Buffer) => {
      socket.setNoDelay();
      socket.cork();
      webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        socket.write(pieces[0]!);
        socket.uncork();
        // Each is read before the next is written: the client answers.
        let sent = 1;
        webSocket.on('pong', () => void (sent < pieces.length && socket.write(pieces[sent++]!)));
        webSocket.on('message', () => webSocket.close(1000));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const told: string[] = [];
    let reads = 0;
    const client = new ws.WebSocket(
      `${isTls ? 'wss' : 'ws'}://localhost:${(server.address() as AddressInfo).port}`,
      {
        perMessageDeflate: false,
        ca: CERTIFICATE,
        createConnection: (options: ConnectionOptions) => {
          const kind = isTls ? 'tls' : 'tcp';
          const made = connectInPlace(kind, { ...options, host: '127.0.0.1', servername: 'localhost' });
          readTextFramesAfterUpgrade(made.reads, (bytes, from, to) =>
            told.push(`read ${bytes.toString('utf8', from, to)}`),
          );
          const { taker } = made.reads;
          made.reads.taker = (...read) => {
            taker!(...read);
            reads += 1;
            if (client.readyState === ws.WebSocket.OPEN) client.pong(String(reads));
          };
          return made.socket;
        },
      } as ws.ClientOptions,
    );
    client.on('message', (data, isBinary) => {
      told.push(`library ${isBinary} ${String(data as Buffer)}`);
      if (String(data as Buffer) === 'end') client.send('bye');
    });
    client.on('ping', (data) => told.push(`ping ${data.toString()}`));
    const code = await new Promise<number>((resolve, reject) => {
      client.on('close', resolve);
      client.on('error', reject);
    });
    await new Promise((resolve) => server.close(resolve));
    webSockets.close();
    return [...told, `closed ${code}`];
  };
  const sent = (data: string, change: object = {}): Buffer => framed(data, { mask: false, ...change });

  it.each([
    ['a plain', false],
    ['a TLS', true],
  ])('shares %s connection with the library from its first byte on', async (_name, isTls) => {
    const cut = sent('cut שלום');
    expect(
      await readOf(isTls, [
        Buffer.concat([sent('with the answer'), sent('ping', { opcode: 9 }), cut.subarray(0, 7)]),
        Buffer.concat([cut.subarray(7), sent('short'), sent('long'.repeat(500)), sent('p', { opcode: 9 })]),
        Buffer.concat([sent('binary', { opcode: 2 }), sent('end')]),
      ]),
    ).toEqual([
      'library false with the answer',
      'ping ping',
      'library false cut שלום',
      'read short',
      `read ${'long'.repeat(500)}`,
      'ping p',
      'library true binary',
      'library false end',
      'closed 1000',
    ]);
  });
});
