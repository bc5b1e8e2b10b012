import { createServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ToolRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A business's own server: `/book` answers a table, `/slow` after 3 s, `/broken` with 500, `/away` never. */
export class ToolServer implements AsyncDisposable {
  readonly requests: ToolRequest[] = [];
  private readonly server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const part of request) body += String(part);
      const path = request.url ?? '';
      this.requests.push({ path, headers: request.headers, body });
      if (path === '/away') return;
      if (path === '/slow') await sleep(3000);
      response.writeHead(path === '/broken' ? 500 : 200, { 'content-type': 'application/json' });
      response.end(path === '/broken' ? 'out of order' : '{"table":4}');
    })();
  });

  static async start(): Promise<ToolServer> {
    const made = new ToolServer();
    await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}
