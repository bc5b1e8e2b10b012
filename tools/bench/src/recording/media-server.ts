import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const HEADER_BYTES = 44;
const BLOCK = Buffer.alloc(64 * 1024);

/** A WAV header for `dataBytes` of two channels of 8 kHz and 16 bit. */
const headerOf = (dataBytes: number): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(32_000, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
};

/** SHA-256 of the silent recording of that length. */
export const checksumOf = (dataBytes: number): string => {
  const hash = createHash('sha256').update(headerOf(dataBytes));
  for (let left = dataBytes; left > 0; left -= BLOCK.length)
    hash.update(BLOCK.subarray(0, Math.min(left, BLOCK.length)));
  return hash.digest('hex');
};

/**
 * Twilio's media, and no more of Twilio: silent recordings of the length that their address names
 * (`/media/BYTES/…`; `endless` never ends), so that nothing is transcribed. It is lean: the same block again and again.
 */
export class MediaServer implements AsyncDisposable {
  /** Requests that were answered with audio, by path. */
  readonly downloads = new Map<string, number>();
  bytesSent = 0;

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<MediaServer> {
    const server = createServer((request, response) => void media.answer(request.url ?? '', response));
    const media = new MediaServer(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return media;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(url: string, response: ServerResponse): Promise<void> {
    const [, length] = /^\/media\/(\d+|endless)\//.exec(url) ?? [];
    if (length === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":20404,"status":404}');
      return;
    }
    const path = url.split(/[.?]/)[0]!;
    this.downloads.set(path, (this.downloads.get(path) ?? 0) + 1);
    const dataBytes = length === 'endless' ? Infinity : Number(length);
    response.writeHead(200, {
      'content-type': 'audio/x-wav',
      ...(length === 'endless' ? {} : { 'content-length': HEADER_BYTES + dataBytes }),
    });
    // Whoever asked may go in the middle: that is what is measured.
    await pipeline(Readable.from(this.audioOf(dataBytes)), response).catch(() => undefined);
  }

  private *audioOf(dataBytes: number): Generator<Buffer> {
    // A stream's header promises no length.
    yield headerOf(dataBytes === Infinity ? 0xffffffff - HEADER_BYTES + 8 : dataBytes);
    for (let left = dataBytes; left > 0; left -= BLOCK.length) {
      this.bytesSent += BLOCK.length;
      yield BLOCK.subarray(0, Math.min(left, BLOCK.length));
    }
  }
}
