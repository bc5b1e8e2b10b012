import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';

/** A webhook request as the app got it. */
export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly params: Record<string, string>;
}

export type Answer = string | { status: number; body?: string; type?: string };
export type Answerer = (request: ReceivedRequest) => Answer | Promise<Answer>;

export interface StreamSession {
  readonly socket: WebSocket;
  readonly headers: IncomingMessage['headers'];
  readonly path: string;
  /** Every message Twilio sent, as text and parsed. */
  readonly texts: string[];
  readonly messages: Record<string, unknown>[];
}

/** A tiny application: answers webhooks with what a test says and speaks Media Streams. */
export class TestApp {
  readonly requests: ReceivedRequest[] = [];
  readonly sessions: StreamSession[] = [];
  answers: Record<string, Answerer> = {};
  binary: Record<string, { type: string; bytes: Buffer }> = {};
  onStream: (session: StreamSession) => void = () => undefined;
  private constructor(
    private readonly server: Server,
    private readonly streams: WebSocketServer,
  ) {}

  static async start(): Promise<TestApp> {
    const server = createServer();
    const streams = new WebSocketServer({ server, perMessageDeflate: false });
    const app = new TestApp(server, streams);
    server.on('request', (incoming, outgoing) => {
      const file = app.binary[incoming.url ?? ''];
      void app.received(incoming).then(({ status, body, type }) => {
        if (file) return void outgoing.writeHead(200, { 'Content-Type': file.type }).end(file.bytes);
        outgoing.writeHead(status, body === undefined ? {} : { 'Content-Type': type ?? 'text/xml' });
        outgoing.end(body);
      });
    });
    streams.on('connection', (socket, incoming) => {
      const session: StreamSession = {
        socket,
        headers: incoming.headers,
        path: incoming.url ?? '',
        texts: [],
        messages: [],
      };
      app.sessions.push(session);
      socket.on('message', (data: Buffer) => {
        session.texts.push(data.toString());
        session.messages.push(JSON.parse(data.toString()) as Record<string, unknown>);
      });
      app.onStream(session);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return app;
  }

  get base(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  requestsTo(path: string): ReceivedRequest[] {
    return this.requests.filter((request) => request.path.split('?')[0] === path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.streams.clients) client.terminate();
    this.streams.close();
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async received(
    incoming: IncomingMessage,
  ): Promise<{ status: number; body?: string; type?: string }> {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    const request: ReceivedRequest = {
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      headers: incoming.headers,
      params: Object.fromEntries(new URLSearchParams(body)),
    };
    this.requests.push(request);
    const answerer = this.answers[request.path.split('?')[0] ?? ''];
    const answer = await (answerer?.(request) ?? { status: 204 });
    return typeof answer === 'string' ? { status: 200, body: answer } : answer;
  }
}

/** Sends audio paced like a careful server: a lead of 140 ms, then a frame every 20 ms. */
export const speak = async (session: StreamSession, streamSid: string, mulaw: Buffer): Promise<void> => {
  const startedAtMs = performance.now();
  const frames = Math.ceil(mulaw.length / 160);
  for (let sent = 0; sent < frames;) {
    const due = Math.min(frames, 7 + Math.floor((performance.now() - startedAtMs) / 20));
    for (; sent < due; sent++) {
      const payload = mulaw.subarray(sent * 160, (sent + 1) * 160).toString('base64');
      session.socket.send(JSON.stringify({ event: 'media', streamSid, media: { payload } }));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

/** Waits for something that will come, at most `timeoutMs`. */
export const until = async <T>(
  what: string,
  look: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs = 15_000,
): Promise<T> => {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};
