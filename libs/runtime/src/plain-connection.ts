import { readSync, writeSync } from 'node:fs';

/** What Node keeps below a socket, as far as it is used here. */
interface Handle {
  readonly fd?: number;
}

/**
 * Descriptor of a plain TCP connection, for `readNow` and `writeNow`; -1 for any other, one that is closed, and in a Node
 * that has changed its inside. Asked each time: a number that was kept may name another connection soon.
 */
export const descriptorOf = (socket: object): number => {
  const handle = (socket as { _handle?: (Handle & object) | null })._handle;
  return handle?.constructor.name === 'TCP' ? (handle.fd ?? -1) : -1;
};

/** The network's buffer is empty, or full: no fault. */
const isNotNow = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EAGAIN';

/**
 * Reads what lies there, without waiting.
 * @returns bytes read; 0 at the connection's end; -1 when nothing has come
 * @throws what broke the connection
 */
export const readNow = (descriptor: number, into: Uint8Array): number => {
  try {
    return readSync(descriptor, into, 0, into.length, null);
  } catch (error) {
    if (isNotNow(error)) return -1;
    throw error;
  }
};

/**
 * Gives the first `count` bytes to the network, without waiting. They may be changed when it returns.
 * @returns how many it took
 * @throws what broke the connection
 */
export const writeNow = (descriptor: number, bytes: Uint8Array, count: number): number => {
  try {
    return writeSync(descriptor, bytes, 0, count, null);
  } catch (error) {
    if (isNotNow(error)) return 0;
    throw error;
  }
};
