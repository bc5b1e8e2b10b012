import { type Socket } from 'node:net';
import { apiVersionsApi } from '../protocol/apis/api-versions';
import { ErrorCode } from '../protocol/error-codes';
import { MalformedRequestError, Reader } from '../protocol/reader';
import { Writer } from '../protocol/writer';
import { type ServedApi } from './api-registry';

export interface ConnectionOptions {
  readonly apis: ReadonlyMap<number, ServedApi>;
  readonly maxRequestBytes: number;
  /** Told of what ends a connection before its client wanted to. */
  onFault(what: string): void;
}

/** What may wait unread in memory beside the largest request before the socket is paused. */
const readAheadBytes = 1_000_000;

/**
 * One client. Requests are length-prefixed and are worked on one at a time, as Kafka does: a long poll holds up what
 * its own connection sent after it, nothing else.
 */
export class Connection {
  private buffered: Buffer[] = [];
  private bufferedBytes = 0;
  private isWorking = false;
  private readonly closed = new AbortController();

  constructor(
    private readonly socket: Socket,
    private readonly options: ConnectionOptions,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.receive(chunk));
    socket.on('error', () => undefined); // 'close' follows
    socket.on('close', () => this.closed.abort());
  }

  close(): void {
    this.closed.abort();
    this.socket.destroy();
  }

  private receive(chunk: Buffer): void {
    this.buffered.push(chunk);
    this.bufferedBytes += chunk.length;
    if (this.bufferedBytes > this.options.maxRequestBytes + readAheadBytes) this.socket.pause();
    void this.work();
  }

  /** The next whole request, without its length, or undefined while it is incomplete. */
  private nextFrame(): Buffer | undefined {
    if (this.bufferedBytes < 4) return undefined;
    if (this.buffered[0]!.length < 4) this.joinBuffered();
    const length = this.buffered[0]!.readInt32BE(0);
    if (length < 8 || length > this.options.maxRequestBytes)
      throw new MalformedRequestError(`request of ${length} bytes`);
    if (this.bufferedBytes < 4 + length) return undefined;
    const all = this.joinBuffered();
    const rest = all.subarray(4 + length);
    this.buffered = rest.length > 0 ? [rest] : [];
    this.bufferedBytes = rest.length;
    if (this.socket.isPaused()) this.socket.resume();
    return all.subarray(4, 4 + length);
  }

  private joinBuffered(): Buffer {
    const all = this.buffered.length === 1 ? this.buffered[0]! : Buffer.concat(this.buffered);
    this.buffered = [all];
    return all;
  }

  private async work(): Promise<void> {
    if (this.isWorking) return;
    this.isWorking = true;
    try {
      for (;;) {
        const frame = this.nextFrame();
        if (!frame || this.closed.signal.aborted) break;
        await this.answer(frame);
      }
    } catch (error) {
      this.options.onFault((error as Error).message);
      this.close();
    } finally {
      this.isWorking = false;
    }
  }

  private async answer(frame: Buffer): Promise<void> {
    const reader = new Reader(frame);
    const key = reader.int16();
    const version = reader.int16();
    const correlationId = reader.int32();
    const api = this.options.apis.get(key);
    if (!api || version < api.minVersion || version > api.maxVersion) {
      if (key !== apiVersionsApi.key) throw new MalformedRequestError(`API ${key} version ${version}`);
      this.send(correlationId, this.unsupportedApiVersions());
      return;
    }
    const clientId = reader.nullableString() ?? 'unnamed';
    const body = await api.serve(reader, version, { clientId, signal: this.closed.signal });
    if (body && !this.closed.signal.aborted) this.send(correlationId, body);
  }

  /** A client that asks in a newer form is told our versions in the oldest one, as Kafka does. */
  private unsupportedApiVersions(): Buffer {
    const writer = new Writer();
    const apis = [...this.options.apis.values()];
    apiVersionsApi.encode(writer, { errorCode: ErrorCode.unsupportedVersion, apis }, 0);
    return writer.toBuffer();
  }

  private send(correlationId: number, body: Buffer): void {
    const header = Buffer.allocUnsafe(8);
    header.writeInt32BE(body.length + 4, 0);
    header.writeInt32BE(correlationId, 4);
    this.socket.write(header);
    this.socket.write(body);
  }
}
