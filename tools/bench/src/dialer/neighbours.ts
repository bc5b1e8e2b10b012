import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

const KEY = 'a'.repeat(64);
/** People hang up first. */
const LONG_PAUSE = '<Response><Pause length="60"/></Response>';

/** In the place of media-gateway and greeting-service: instructions that keep the line open, and every opening at once. */
export class Neighbours implements AsyncDisposable {
  private constructor(private readonly server: Server) {}

  static async listen(): Promise<Neighbours> {
    const server = createServer((request, response) => {
      request.resume();
      const isPhrase = request.url === '/internal/phrases';
      response.setHeader('content-type', isPhrase ? 'application/json' : 'text/xml');
      response.end(isPhrase ? JSON.stringify({ key: KEY, text: 'hello', frames: 1 }) : LONG_PAUSE);
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
