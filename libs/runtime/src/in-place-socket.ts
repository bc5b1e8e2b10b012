import {
  connect,
  type ConnectOpts,
  type NetConnectOpts,
  type OnReadOpts,
  Socket,
  type SocketConstructorOpts,
} from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import { loseHandle, PlainConnection, type TcpHandle, tcpHandleOf } from './plain-connection';

/** As much as Node itself reads at once. One for all connections: what was read is dealt with before the next read. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** Node makes a server's sockets this way; its types leave `handle` out. */
interface HandleOptions extends SocketConstructorOpts, ConnectOpts {
  readonly handle: TcpHandle;
}

/**
 * Looks at what was read, at the beginning of a buffer that all connections share: nothing of it may be kept.
 * @param pass gives a part on to those who listen for `data`, as a copy
 */
export type TakeRead = (bytes: Buffer, count: number, pass: (from: number, to: number) => void) => void;

/** Reads of a connection, which may be looked at where they lie. */
export interface InPlaceReads {
  /** Set by who reads; everything is passed on while it is null. */
  taker: TakeRead | null;
}

/** Hands on what was read: to the taker, and as `data` what that leaves. */
class SharedReads implements InPlaceReads {
  taker: TakeRead | null = null;
  private isFull = false;

  constructor(private readonly socket: () => Socket) {}

  /** Node's option of a connection that reads so. */
  get onread(): OnReadOpts {
    return { buffer: shared, callback: (count) => this.wasRead(count) };
  }

  /** @returns false to read no more until those who listen for `data` have caught up */
  wasRead(count: number): boolean {
    this.isFull = false;
    if (this.taker) this.taker(shared, count, this.pass);
    else this.pass(0, count);
    return !this.isFull;
  }

  private readonly pass = (from: number, to: number): void => {
    if (!this.socket().push(Buffer.from(shared.subarray(from, to)))) this.isFull = true;
  };
}

/**
 * Makes a connection that is read into the one buffer. What nobody takes is copied and told as `data`.
 * @param options as `connect` of `node:net` takes them, or that of `node:tls` (whose types leave `onread` out)
 */
export const connectInPlace = (
  kind: 'tcp' | 'tls',
  options: NetConnectOpts | ConnectionOptions,
): { socket: Socket; reads: InPlaceReads } => {
  const reads = new SharedReads(() => socket);
  const all = { ...options, onread: reads.onread };
  const socket: Socket = kind === 'tls' ? connectTls(all) : connect(all as NetConnectOpts);
  return { socket, reads };
};

/**
 * A connection that a server accepted, read into one buffer for all: for connections that bring something fifty times a
 * second. Node allocates 64 KiB for each read, cuts that to size and leaves it to be collected. What nobody takes is copied
 * and told as `data`, as ever.
 *
 * Node has this (`onread`) for the connections that one makes, not for those that a server accepts. So the server's own
 * socket is left without its handle; each of the two closes when the other does, which keeps the server's books.
 */
export class InPlaceSocket extends Socket {
  readonly reads: InPlaceReads;
  private readonly sharedReads: SharedReads;
  private readonly plain: PlainConnection | null;
  private hasEnded = false;

  /** Takes the connection over; null where that cannot be done (TLS, or a Node that has changed): then it stays as it is. */
  static of(accepted: unknown): InPlaceSocket | null {
    if (!(accepted instanceof Socket)) return null;
    const handle = tcpHandleOf(accepted);
    return typeof handle?.useUserBuffer === 'function' ? new InPlaceSocket(accepted, handle) : null;
  }

  private constructor(accepted: Socket, handle: TcpHandle) {
    // Node calls back only later; before `super` there is no `this` to name.
    const made: { socket?: InPlaceSocket } = {};
    const reads = new SharedReads(() => made.socket!);
    const options: HandleOptions = {
      handle,
      // As the HTTP server has it: who uses the connection closes its ends.
      allowHalfOpen: true,
      onread: reads.onread,
    };
    super(options);
    made.socket = this;
    this.reads = this.sharedReads = reads;
    this.plain = PlainConnection.of(this);
    loseHandle(accepted);
    accepted.setTimeout(0);
    accepted.once('close', () => this.destroy());
    this.once('close', () => accepted.destroy());
  }

  /** False in a Node that has changed its inside: then `readNow` does nothing, and Node reads. */
  get canReadNow(): boolean {
    return this.plain !== null;
  }

  /**
   * Reads what has come by now. From the first call of this on the process is not woken by what comes: whoever calls this
   * does so again and again, until `readAsItComes`. The end of the connection and its faults are told as ever.
   */
  readNow(): void {
    const { plain } = this;
    // While nobody takes the data, Node's own way of waiting for that holds.
    if (!plain?.isOpen || this.hasEnded || this.readableFlowing !== true) return;
    const { handle } = plain;
    // Node goes back to it whenever a listener was given something.
    if (handle.reading) {
      handle.reading = false;
      handle.readStop();
    }
    let count;
    try {
      count = plain.readNow(shared);
    } catch (error) {
      this.destroy(error as Error);
      return;
    }
    if (count > 0) this.sharedReads.wasRead(count);
    if (count !== 0) return;
    // Node finds the same end, and knows what is to be done then.
    this.hasEnded = true;
    this.readAsItComes();
  }

  /** Node waits for what comes, as for any other connection. Idempotent. */
  readAsItComes(): void {
    if (!this.destroyed && this.readableFlowing === true) this._read(0);
  }
}
