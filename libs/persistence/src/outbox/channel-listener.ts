import { Client } from 'pg';
import { reasonOf } from '../errors';
import { type DatabaseLogger } from '../logger';

const RECONNECT_MS = 1000;
const CONNECT_TIMEOUT_MS = 5000;

/**
 * LISTENs on one channel with a connection of its own, connecting again for as long as it is not disposed. It never
 * throws for a server out of reach: the relay polls as well, so a lost connection only costs promptness.
 */
export const listenToChannel = async (options: {
  url: string;
  channel: string;
  logger: DatabaseLogger;
  onWake: () => void;
}): Promise<AsyncDisposable> => {
  const listener = new ChannelListener(options);
  await listener.connect();
  return listener;
};

class ChannelListener implements AsyncDisposable {
  private client: Client | undefined;
  private retryTimer: NodeJS.Timeout | undefined;
  private isDisposed = false;

  constructor(
    private readonly options: { url: string; channel: string; logger: DatabaseLogger; onWake: () => void },
  ) {}

  async connect(): Promise<void> {
    const client = new Client({
      connectionString: this.options.url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      keepAlive: true,
      application_name: `frontdesk-listen-${this.options.channel}`,
    });
    this.client = client;
    client.on('error', (error) => this.connectionLost(client, error));
    client.on('end', () => this.connectionLost(client, new Error('the server closed the connection')));
    client.on('notification', () => this.options.onWake());
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(this.options.channel)}`);
      this.options.onWake();
    } catch (error) {
      this.connectionLost(client, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.retryTimer);
    const client = this.client;
    this.client = undefined;
    await client?.end().catch(() => undefined);
  }

  /** Told by several events of the same client; the first counts. */
  private connectionLost(client: Client, error: unknown): void {
    if (this.isDisposed || this.client !== client) return;
    this.client = undefined;
    client.end().catch(() => undefined);
    this.options.logger.warn('DATABASE_LISTEN_LOST', {
      channel: this.options.channel,
      reason: reasonOf(error),
    });
    this.retryTimer = setTimeout(() => void this.connect(), RECONNECT_MS);
  }
}
