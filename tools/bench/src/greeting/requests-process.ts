import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type Quantiles } from '../load/histogram';
import { LeanClient } from '../load/lean-client';
import { pacedRequests } from './paced-requests';

/** What to send again and again, and how fast. */
export interface RequestsOrder {
  readonly port: number;
  /** The whole request, as it goes over the wire. */
  readonly request: string;
  readonly perSecond: number;
  readonly forMs: number;
}

export interface RequestsSeen {
  readonly latency: Quantiles;
  readonly lateness: Quantiles;
  readonly answered: number;
  readonly sentLate: number;
  readonly failed: number;
  readonly perSecond: number;
}

/**
 * The sender of requests as a process of its own: the benchmark itself reads what the services log, and would be late
 * with a request for each line.
 */
export const runRequests = (): void => {
  const server = createServer((asked, answer) => {
    void text(asked)
      .then((body) => send(JSON.parse(body) as RequestsOrder))
      .then((seen) => answer.end(JSON.stringify(seen)));
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo;
    process.stdout.write(`${JSON.stringify({ event: 'LISTENING', port })}\n`);
  });
};

const send = async ({ port, request, perSecond, forMs }: RequestsOrder): Promise<RequestsSeen> => {
  using client = new LeanClient(port, Buffer.from(request));
  const one = async (): Promise<void> => {
    const status = await client.send();
    if (status !== 200) throw new Error(`answered ${status}`);
  };
  const { signal } = new AbortController();
  const seen = await pacedRequests(one, { perSecond, forMs, signal });
  return { ...seen, latency: seen.latency.summary(), lateness: seen.lateness.summary() };
};

/** Has that process send, and waits until it has. */
export const sendRequests = async (senderPort: number, order: RequestsOrder): Promise<RequestsSeen> => {
  const answer = await fetch(`http://127.0.0.1:${senderPort}/`, {
    method: 'POST',
    body: JSON.stringify(order),
    signal: AbortSignal.timeout(order.forMs + 60_000),
  });
  return (await answer.json()) as RequestsSeen;
};
