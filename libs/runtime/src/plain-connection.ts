import { readSync, writeSync } from 'node:fs';

/** What Node keeps below a socket, as far as it is used here. */
export interface TcpHandle {
  readonly fd?: number;
  useUserBuffer?(buffer: Uint8Array): void;
  /** Whether Node waits for what comes: it keeps this beside `readStop`. */
  reading: boolean;
  readStop(): number;
}
/** A socket as Node makes it: its handle is gone from the moment in which it is closed. */
interface HandleHolder {
  _handle?: TcpHandle | null;
}

/** The stream above a connection, as far as it is written to. */
export interface FrameSocket {
  write(bytes: Uint8Array): boolean;
  /** Bytes that were written and that the network has not taken yet. */
  readonly writableLength: number;
}

/** The handle of a plain TCP connection that is open; of anything else null. */
export const tcpHandleOf = (socket: object): TcpHandle | null => {
  const handle = (socket as HandleHolder)._handle;
  return handle?.constructor.name === 'TCP' ? handle : null;
};

/** Leaves the socket without its handle, which somebody else has taken over. */
export const loseHandle = (socket: object): void => {
  (socket as HandleHolder)._handle = null;
};

/** The network's buffer is empty, or full: no fault. */
const isNotNow = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN';

/**
 * A plain TCP connection by its descriptor: reads and writes of one system call each, past Node's streams, for what passes
 * fifty times a second and call. Node has the number (`_handle.fd`) and does not document it; this is the one place that
 * knows.
 */
export class PlainConnection {
  private isBroken = false;

  /** Of any other connection, of one that is closed, and in a Node that has changed its inside: null. */
  static of(socket: object): PlainConnection | null {
    const handle = tcpHandleOf(socket);
    const fd = handle?.fd ?? -1;
    return handle && fd >= 0 ? new PlainConnection(socket, handle, fd) : null;
  }

  private constructor(
    private readonly holder: HandleHolder,
    /** Its own for as long as it is open. */
    readonly handle: TcpHandle,
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
   * Sends the first `count` bytes, which may be changed when this returns: what the network does not take at once, and
   * everything while something waits in Node's stream, goes through that.
   */
  send(stream: FrameSocket, bytes: Buffer, count: number): void {
    if (this.isBroken) return;
    let taken = 0;
    // What waits in the stream goes first; and a socket that is closed tells so.
    if (stream.writableLength === 0 && this.isOpen) {
      try {
        taken = this.writeNow(bytes, count);
      } catch {
        // Whoever reads finds the same, behind what the other end said before it went: that must not be lost.
        this.isBroken = true;
        return;
      }
    }
    if (taken < count) stream.write(Buffer.from(bytes.subarray(taken, count)));
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
