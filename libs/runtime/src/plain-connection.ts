import { readSync, writeSync } from 'node:fs';

/** What Node keeps below a socket, as far as it is used here. */
interface Handle {
  readonly fd?: number;
}
/** A socket as Node makes it: its handle is gone from the moment in which it is closed. */
interface HandleHolder {
  readonly _handle?: (Handle & object) | null;
}

/** The network's buffer is empty, or full: no fault. */
const isNotNow = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN';

/**
 * A plain TCP connection by its descriptor: reads and writes of one system call each, past Node's streams, for what passes
 * fifty times a second and call. Node has the number (`_handle.fd`) and does not document it; this is the one place that
 * knows.
 */
export class PlainConnection {
  /** Of any other connection, of one that is closed, and in a Node that has changed its inside: null. */
  static of(socket: object): PlainConnection | null {
    const holder = socket as HandleHolder;
    const handle = holder._handle;
    if (handle?.constructor.name !== 'TCP') return null;
    const { fd } = handle;
    return fd === undefined || fd < 0 ? null : new PlainConnection(holder, handle, fd);
  }

  private constructor(
    private readonly holder: HandleHolder,
    private readonly handle: Handle,
    private readonly descriptor: number,
  ) {}

  /** To be asked before each read and write: once it is closed, its number may be that of another connection. */
  get isOpen(): boolean {
    return this.holder._handle === this.handle;
  }

  /**
   * Reads what lies there, without waiting.
   * @returns bytes read; 0 at the connection's end; -1 when nothing has come
   * @throws what broke the connection
   */
  readNow(into: Uint8Array): number {
    try {
      return readSync(this.descriptor, into, 0, into.length, null);
    } catch (error) {
      if (isNotNow(error)) return -1;
      throw error;
    }
  }

  /**
   * Gives the first `count` bytes to the network, without waiting. They may be changed when it returns.
   * @returns how many it took
   * @throws what broke the connection
   */
  writeNow(bytes: Uint8Array, count: number): number {
    try {
      return writeSync(this.descriptor, bytes, 0, count, null);
    } catch (error) {
      if (isNotNow(error)) return 0;
      throw error;
    }
  }
}
