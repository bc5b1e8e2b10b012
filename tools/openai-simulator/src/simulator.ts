import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import { type AddressInfo } from 'node:net';
import { ConfigError, systemClock } from '@frontdesk/runtime';
import { Book } from './book/book';
import { Journal } from './book/journal';
import { Brain } from './brain/brain';
import { type SimulatorConfig } from './config';
import { FaultRegistry } from './faults/fault-registry';
import { ApiError, requireKey, sendError } from './http/answers';
import { answerControl } from './http/control';
import { answerSpeech } from './http/speech';
import { answerTranscription } from './http/transcriptions';
import { RealtimeEndpoint } from './realtime/realtime-endpoint';

/** The vendor's endpoints that the services use, on one port, with a control API beside them. */
export class OpenAiSimulator {
  private constructor(
    private readonly server: Server,
    private readonly realtime: RealtimeEndpoint,
    private readonly book: Book,
    readonly url: string,
  ) {}

  static async start(config: SimulatorConfig): Promise<OpenAiSimulator> {
    const book = new Book(config.dataDir === undefined ? null : new Journal(config.dataDir));
    const brain = new Brain();
    const faults = new FaultRegistry();
    const realtime = new RealtimeEndpoint({ clock: systemClock, brain, book, faults, pace: config });
    const parts = { book, brain, faults, openSessions: realtime.sessions };
    const server = listenerOf(config, (request, response) => {
      route(parts, request, response).catch((error: unknown) =>
        sendError(response, error instanceof ApiError ? error : new ApiError(500, String(error))),
      );
    });
    server.on('upgrade', (request, socket, head) => realtime.upgrade(request, socket, head));
    server.listen(config.port, config.host);
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const scheme = config.tlsCert === undefined ? 'http' : 'https';
    return new OpenAiSimulator(server, realtime, book, `${scheme}://${config.host}:${port}/v1`);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.realtime.close();
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
    this.book.close();
  }
}

const listenerOf = (
  { tlsKey, tlsCert }: SimulatorConfig,
  listener: (request: IncomingMessage, response: ServerResponse) => void,
): Server => {
  if (tlsKey === undefined && tlsCert === undefined) return createServer(listener);
  if (tlsKey === undefined || tlsCert === undefined)
    throw new ConfigError(['OPENAI_SIM_TLS_KEY and OPENAI_SIM_TLS_CERT must be set together']);
  return createTlsServer({ key: readFileSync(tlsKey), cert: readFileSync(tlsCert) }, listener);
};

const route = (
  parts: Parameters<typeof answerControl>[0],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://simulator');
  if (url.pathname.startsWith('/_sim/')) return answerControl(parts, request, response, url);
  return answerVendor(parts, request, response, url);
};

const answerVendor = async (
  parts: Parameters<typeof answerControl>[0],
  request: IncomingMessage,
  response: ServerResponse,
  { pathname }: URL,
): Promise<void> => {
  requireKey(request.headers);
  if (request.method === 'POST' && pathname === '/v1/audio/speech')
    return answerSpeech(parts, request, response);
  if (request.method === 'POST' && pathname === '/v1/audio/transcriptions')
    return answerTranscription(parts, request, response);
  throw new ApiError(404, `Invalid URL (${request.method} ${pathname})`);
};
