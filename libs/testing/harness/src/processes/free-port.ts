import { createServer } from 'node:net';
import { jestWorker } from '../test-servers';

/** Below the range from which systems pick ports for outgoing connections, so that none of those gets in between. */
const FIRST = 20_000;
const LAST = 32_000;
/** Jest's workers pick at the same time, and a port may be handed out long before anything listens on it. */
const WORKER_SLICES = 8;
const handedOut = new Set<number>();

/** A port that nothing listens on, for a server whose address must be known before it starts. */
export const freePort = async (): Promise<number> => {
  const { first, count } = sliceOf(jestWorker());
  for (let attempt = 0; attempt < 200; attempt++) {
    const port = first + Math.floor(Math.random() * count);
    if (handedOut.has(port) || !(await isFree(port))) continue;
    handedOut.add(port);
    return port;
  }
  throw new Error(`no free port from ${first} to ${first + count - 1}`);
};

/** The ports of one of jest's workers, which no other one picks from; all of them outside of jest. */
const sliceOf = (worker: number | undefined): { first: number; count: number } => {
  if (worker === undefined) return { first: FIRST, count: LAST - FIRST };
  const count = (LAST - FIRST) / WORKER_SLICES;
  return { first: FIRST + ((worker - 1) % WORKER_SLICES) * count, count };
};

/** Whether a server could listen on this port of loopback and of all addresses. */
export const isFree = async (port: number): Promise<boolean> =>
  (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'));

const canListen = (port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
