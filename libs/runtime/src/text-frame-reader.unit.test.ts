import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Writable } from 'node:stream';
import fc from 'fast-check';
import * as ws from 'ws';
import { type InPlaceReads, InPlaceSocket } from './in-place-socket';
import { readTextFrames, readTextFramesAfterUpgrade, TextFrameReader } from './text-frame-reader';

type Frames = (data: Buffer, options: object) => Buffer[];
/** The library's own way to make frames, which its types leave out. */
const { frame } = (ws as unknown as { Sender: { frame: Frames } }).Sender;
/** The library's own reader, too. */
const { Receiver } = ws as unknown as {
  Receiver: new (options: { isServer: boolean }) => Writable;
};
const framed = (data: string | Buffer, change: object = {}): Buffer =>
  Buffer.concat(
    frame(Buffer.from(data as string), {
      fin: true,
      rsv1: false,
      opcode: 1,
      mask: true,
      readOnly: true,
      ...change,
    }),
  );

/** Where the network cuts what was sent. */
const cutsOfNetwork = fc.array(fc.nat(900), { maxLength: 8 });
/** What it brings at a time, then. */
const piecesOf = (all: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [0, ...cuts.filter((cut) => cut < all.length).sort((a, b) => a - b), all.length];
  return places.slice(1).map((to, index) => Buffer.from(all.subarray(places[index], to)));
};

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
      fc.property(fc.array(message, { maxLength: 8 }), cutsOfNetwork, (messages, cuts) => {
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
        for (const piece of piecesOf(all, cuts)) {
          // Behind what was read lie bytes of another connection.
          const buffer = Buffer.concat([piece, all]);
          reader.receive(buffer, 0, piece.length, (from, to) =>
            library.write(Buffer.from(buffer.subarray(from, to))),
          );
        }
        expect(told).toEqual(sent.map(({ opcode, text }) => `${opcode} ${text}`));
      }),
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

describe('readTextFramesAfterUpgrade', () => {
  it('loses, doubles and reorders nothing from the first byte on, wherever the network cuts', () => {
    const HEAD = 'HTTP/1.1 101 Switching Protocols\r\nA: b\r\r\nC: \r\n\r\n';
    const message = fc.record({ size: fc.nat(400), opcode: fc.constantFrom(1, 1, 1, 2, 9) });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), cutsOfNetwork, (messages, cuts) => {
        const sent = messages.map(({ size, opcode }, index) => ({
          opcode,
          // A ping of what looks like texts: who lost his place would tell them.
          data: Buffer.from(opcode === 9 ? '\x81\x01x'.repeat(size % 42) : `${index}`.repeat(size), 'latin1'),
        }));
        const frames = sent.map(({ data, opcode }) => framed(data, { opcode, mask: false }));
        const all = Buffer.concat([Buffer.from(HEAD), ...frames]);
        const told: string[] = [];
        const library = new Receiver({ isServer: false });
        library.on('message', (data: Buffer, isBinary: boolean) => told.push(`${isBinary ? 2 : 1} ${data}`));
        library.on('ping', (data: Buffer) => told.push(`9 ${data.toString('latin1')}`));
        library.on('error', (error) => told.push(error.message));
        const reads: InPlaceReads = { taker: null };
        readTextFramesAfterUpgrade(reads, (bytes, from, to) =>
          told.push(`1 ${bytes.toString('latin1', from, to)}`),
        );
        let headBytes = HEAD.length;
        for (const piece of piecesOf(all, cuts)) {
          reads.taker!(piece, piece.length, (from, to) => {
            const ofHead = Math.min(headBytes, to - from);
            headBytes -= ofHead;
            if (from + ofHead < to) library.write(Buffer.from(piece.subarray(from + ofHead, to)));
          });
        }
        expect(told).toEqual(sent.map(({ opcode, data }) => `${opcode} ${data.toString('latin1')}`));
      }),
      { numRuns: 1000 },
    );
  });
});
