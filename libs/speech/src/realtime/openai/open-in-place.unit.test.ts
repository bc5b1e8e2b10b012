import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo } from 'node:net';
import { type Duplex } from 'node:stream';
import * as ws from 'ws';
import { openInPlace } from './open-in-place';

/** Of `localhost` and 127.0.0.1, signed by itself, for a hundred years. */
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

type Frames = (data: Buffer, options: object) => Buffer[];
/** The library's own way to make frames, which its types leave out. */
const { frame } = (ws as unknown as { Sender: { frame: Frames } }).Sender;
const sent = (data: string, change: object = {}): Buffer =>
  Buffer.concat(
    frame(Buffer.from(data), { fin: true, rsv1: false, opcode: 1, mask: false, readOnly: true, ...change }),
  );

/** What the network brings at once, and how many things are told of it. */
interface Piece {
  readonly bytes: Buffer;
  readonly told: number;
}

/** What a client is told that a server writes to in these pieces, the first with its answer, each once the last is told. */
const toldOf = async (scheme: string, host: string, pieces: readonly Piece[]): Promise<string[]> => {
  const server = scheme === 'wss' ? createTlsServer({ key: KEY, cert: CERTIFICATE }) : createServer();
  const webSockets = new ws.WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on('upgrade', (request, socket: Duplex & { setNoDelay(): void }, head: Buffer) => {
    socket.setNoDelay();
    socket.cork();
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      let index = 0;
      let untold = 0;
      const next = (): void => {
        const piece = pieces[index++];
        if (!piece) return webSocket.close(1000);
        untold = piece.told;
        socket.write(piece.bytes);
      };
      webSocket.on('message', () => {
        if (--untold === 0) next();
      });
      next();
      socket.uncork();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const told: string[] = [];
  const tell = (what: string): void => {
    told.push(what);
    client.send('told');
  };
  const { port } = server.address() as AddressInfo;
  const client = openInPlace(
    `${scheme}://${host}:${port}/v1?model=a`,
    { perMessageDeflate: false, ca: CERTIFICATE },
    (bytes, from, to) => tell(`read ${bytes.toString('utf8', from, to)}`),
  );
  client.on('message', (data: Buffer, isBinary) => tell(`library ${isBinary} ${data}`));
  client.on('ping', (data) => tell(`ping ${data}`));
  const code = await new Promise<number>((resolve, reject) => {
    client.on('close', resolve);
    client.on('error', reject);
  });
  await new Promise((resolve) => server.close(resolve));
  webSockets.close();
  return [...told, `closed ${code}`];
};

describe('openInPlace', () => {
  it.each([
    ['ws', 'localhost'],
    ['ws', '127.0.0.1'],
    ['wss', 'localhost'],
    ['wss', '127.0.0.1'],
  ])('shares a %s connection to %s with the library from its first byte on', async (scheme, host) => {
    const cut = sent('cut שלום');
    const long = 'long'.repeat(500);
    const ping = sent('ping', { opcode: 9 });
    const pieces = [
      { bytes: Buffer.concat([sent('with the answer'), ping, cut.subarray(0, 7)]), told: 2 },
      { bytes: Buffer.concat([cut.subarray(7), sent('short'), sent(long), ping]), told: 4 },
      { bytes: Buffer.concat([sent('שלום'), sent('binary', { opcode: 2 }), sent('end')]), told: 3 },
    ];
    expect(await toldOf(scheme, host, pieces)).toEqual([
      'library false with the answer',
      'ping ping',
      'library false cut שלום',
      'read short',
      `read ${long}`,
      'ping ping',
      'read שלום',
      'library true binary',
      'library false end',
      'closed 1000',
    ]);
  });

  it('tells as an error that nobody is there', async () => {
    const client = openInPlace('ws://127.0.0.1:9', {}, () => undefined);
    const error = await new Promise((resolve) => client.on('error', resolve));
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });
});
