import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { Random } from '../random';
import { modelNoise } from './model-noise';
import { STEADY_MARKER, type SteadyModel } from './steady-model';

/** Between two bursts of a hostile session. */
const BURST_EVERY_MS = 15;
const MAX_BURST = 12;

/** What the double did. */
export interface ModelCounts {
  sessions: number;
  messages: number;
}

/** A provider whose sessions are hostile, but for the one of the steady call, which its `session.update` names. */
export class ModelDouble implements AsyncDisposable {
  readonly counts: ModelCounts = { sessions: 0, messages: 0 };
  private readonly sockets = new WebSocketServer({ noServer: true });

  private constructor(
    private readonly server: Server,
    private readonly seed: number,
    private readonly steady: SteadyModel,
  ) {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.sockets.handleUpgrade(request, socket, head, (webSocket) => this.session(webSocket));
    });
  }

  static async listen(seed: number, steady: SteadyModel): Promise<ModelDouble> {
    const server = createServer((_request, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new ModelDouble(server, seed, steady);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets.clients) socket.terminate();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private session(socket: WebSocket): void {
    this.counts.sessions += 1;
    const random = Random.of(this.seed, 2, this.counts.sessions);
    socket.on('error', () => socket.terminate());
    socket.send(JSON.stringify({ type: 'session.created', session: { id: `s${this.counts.sessions}` } }));
    socket.once('message', (data) => {
      if (String(data).includes(STEADY_MARKER)) this.steady.attach(socket, String(data));
      else this.hostile(socket, random);
    });
  }

  private hostile(socket: WebSocket, random: Random): void {
    // Some never become ready; most do, or only the time-outs would be tried.
    if (random.chance(0.9)) this.send(socket, '{"type":"session.updated","session":{"id":"s"}}');
    let bursts = 2 + random.int(40);
    const timer = setInterval(() => {
      for (let left = random.int(MAX_BURST); left > 0; left--) this.send(socket, modelNoise(random));
      if (random.chance(0.1)) socket.send(random.bytes(20));
      bursts -= 1;
      if (bursts > 0) return;
      clearInterval(timer);
      if (random.chance(0.5)) socket.terminate();
      else socket.close(random.pick([1000, 1001, 1011, 4000]));
    }, BURST_EVERY_MS);
    socket.once('close', () => clearInterval(timer));
    // What the gateway says back starts responses of this session's own ids, so that some events fit.
    socket.on('message', (data) => {
      if (!String(data).includes('"response.create"') || random.chance(0.3)) return;
      this.send(socket, JSON.stringify({ type: 'response.created', response: { id: 'resp_1' } }));
    });
  }

  private send(socket: WebSocket, text: string): void {
    this.counts.messages += 1;
    if (socket.readyState === socket.OPEN) socket.send(text);
  }
}
