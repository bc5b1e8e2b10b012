import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';

/** As much as Node itself reads at once. One for all connections: what was read is dealt with before the next read. */
const shared = Buffer.allocUnsafeSlow(64 * 1024);

/** A connection as Node holds it, as far as it is used here. */
interface Handle {
  useUserBuffer?(buffer: Uint8Array): void;
}
/** Node makes a server's sockets this way; its types leave `handle` out. */
interface HandleOptions extends SocketConstructorOpts, ConnectOpts {
  readonly handle: Handle;
}
interface HandleHolder {
  _handle: Handle | null;
}

/**
 * Looks at what was read, at the beginning of a buffer that all connections share: nothing of it may be kept.
 * @param pass gives a part on to those who listen for `data`, as a copy
 */
export type TakeRead = (bytes: Buffer, count: number, pass: (from: number, to: number) => void) => void;

/**
 * A connection that a server accepted, read into one buffer for all: for connections that bring something fifty times a
 * second. Node allocates 64 KiB for each read, cuts that to size and leaves it to be collected. What nobody takes is copied
 * and told as `data`, as ever.
 *
 * Node has this (`onread`) for the connections that one makes, not for those that a server accepts. So the server's own
 * socket is left without its handle; each of the two closes when the other does, which keeps the server's books.
 */
export class InPlaceSocket extends Socket {
  /** Set by who reads; everything is passed on while it is null. */
  taker: TakeRead | null = null;
  private isFull = false;

  /** Takes the connection over; null where that cannot be done (TLS, or a Node that has changed): then it stays as it is. */
  static of(accepted: unknown): InPlaceSocket | null {
    if (!(accepted instanceof Socket)) return null;
    const handle = (accepted as unknown as HandleHolder)._handle;
    if (handle?.constructor.name !== 'TCP' || typeof handle.useUserBuffer !== 'function') return null;
    return new InPlaceSocket(accepted, handle);
  }

  private constructor(accepted: Socket, handle: Handle) {
    // Node calls back only later; before `super` there is no `this` to name.
    const made: { socket?: InPlaceSocket } = {};
    const options: HandleOptions = {
      handle,
      // As the HTTP server has it: who uses the connection closes its ends.
      allowHalfOpen: true,
      onread: { buffer: shared, callback: (count) => made.socket!.wasRead(count) },
    };
    super(options);
    made.socket = this;
    (accepted as unknown as HandleHolder)._handle = null;
    accepted.setTimeout(0);
    accepted.once('close', () => this.destroy());
    this.once('close', () => accepted.destroy());
  }

  /** @returns false to read no more until those who listen for `data` have caught up */
  private wasRead(count: number): boolean {
    this.isFull = false;
    if (this.taker) this.taker(shared, count, this.pass);
    else this.pass(0, count);
    return !this.isFull;
  }

  private readonly pass = (from: number, to: number): void => {
    if (!this.push(Buffer.from(shared.subarray(from, to)))) this.isFull = true;
  };
}
