import { connect, type Socket } from 'node:net';

const HEAD_END = '\r\n\r\n';
/** As large as what a socket hands over at once. */
const READ_BYTES = 64 * 1024;

interface Waiting {
  resolve(status: number): void;
  reject(error: Error): void;
}

/**
 * One GET, again and again, over kept-alive connections: the request is one buffer made once, and of the answers only
 * status and length are looked at. A client that costs little beside the service that it measures on the same machine.
 */
export class LeanClient implements Disposable {
  private readonly idle: LeanConnection[] = [];
  private readonly all: LeanConnection[] = [];
  private readonly queue: (() => void)[] = [];

  /** @param connections at most at once; what is asked while all are busy waits for one */
  constructor(
    private readonly port: number,
    private readonly request: Buffer,
    private readonly connections = 64,
  ) {}

  /** Resolves with the status when the last byte of the answer is there. */
  async send(): Promise<number> {
    const connection = await this.free();
    try {
      return await connection.send(this.request);
    } finally {
      this.idle.push(connection);
      this.queue.shift()?.();
    }
  }

  [Symbol.dispose](): void {
    for (const connection of this.all) connection.destroy();
  }

  private async free(): Promise<LeanConnection> {
    for (;;) {
      const found = this.idle.pop();
      if (found?.isOpen) return found;
      if (found) this.all.splice(this.all.indexOf(found), 1);
      else if (this.all.length < this.connections) {
        const made = new LeanConnection(this.port);
        this.all.push(made);
        return made;
      } else await new Promise<void>((resolve) => this.queue.push(resolve));
    }
  }
}

class LeanConnection {
  isOpen = true;
  private readonly socket: Socket;
  private waiting: Waiting | null = null;
  private head = '';
  private status = 0;
  /** Bytes of the body that are still to come; negative while the head is read. */
  private left = -1;

  constructor(port: number) {
    const buffer = Buffer.alloc(READ_BYTES);
    const callback = (bytes: number): boolean => {
      this.read(buffer.subarray(0, bytes));
      return true;
    };
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the connection was closed')));
  }

  send(request: Buffer): Promise<number> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.write(request);
    });
  }

  destroy(): void {
    this.socket.destroy();
  }

  private read(bytes: Buffer): void {
    if (this.left >= 0) return this.body(bytes.length);
    this.head += bytes.toString('latin1');
    const end = this.head.indexOf(HEAD_END);
    if (end < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.head)?.[1];
    if (length === undefined) return this.fail(new Error('an answer without a length'));
    this.status = Number(this.head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
    const rest = this.head.length - end - HEAD_END.length;
    this.head = '';
    this.left = Number(length);
    this.body(rest);
  }

  private body(bytes: number): void {
    this.left -= bytes;
    if (this.left > 0) return;
    this.left = -1;
    const waiting = this.waiting;
    this.waiting = null;
    waiting?.resolve(this.status);
  }

  private fail(error: Error): void {
    this.isOpen = false;
    this.socket.destroy();
    this.waiting?.reject(error);
    this.waiting = null;
  }
}
