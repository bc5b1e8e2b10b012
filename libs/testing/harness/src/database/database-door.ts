import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

/** A door in front of the run's PostgreSQL: shut, the database is away, for whoever came through it and for nobody else. */
export class DatabaseDoor implements AsyncDisposable {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private server: Server,
    private readonly port: number,
    private readonly target: URL,
  ) {}

  /** @param url of the database behind it */
  static async open(url: string): Promise<DatabaseDoor> {
    const server = createServer();
    await listen(server, 0);
    const { port } = server.address() as { port: number };
    const door = new DatabaseDoor(server, port, new URL(url));
    door.admit(server);
    return door;
  }

  /** As `DATABASE_URL` of whoever is to lose it. */
  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${this.port}`;
    return url.href;
  }

  /** Cuts every connection and refuses new ones. */
  async shut(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** The database is back at its address. */
  async reopen(): Promise<void> {
    this.server = createServer();
    this.admit(this.server);
    await listen(this.server, this.port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.server.listening) await this.shut();
  }

  private admit(server: Server): void {
    server.on('connection', (socket) => {
      const onward = connect(Number(this.target.port), this.target.hostname);
      for (const [one, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.sockets.delete(one);
          other.destroy();
        });
        one.pipe(other);
      }
    });
  }
}

const listen = async (server: Server, port: number): Promise<void> => {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
};
