import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

const KEY = 'a'.repeat(64);
/** People hang up first. */
const LONG_PAUSE = '<Response><Pause length="60"/></Response>';

const answerOpenings = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { template, people } = (await json(request)) as { template: string; people: object[] };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ openings: people.map(() => ({ key: KEY, text: template, ready: true })) }));
};

/** In the place of media-gateway and greeting-service: instructions that keep the line open, and every opening at once. */
export class Neighbours implements AsyncDisposable {
  private constructor(private readonly server: Server) {}

  static async listen(): Promise<Neighbours> {
    const server = createServer((request, response) => {
      if (request.url === '/internal/openings') void answerOpenings(request, response);
      else {
        request.resume();
        response.setHeader('content-type', 'text/xml');
        response.end(LONG_PAUSE);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Neighbours(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
