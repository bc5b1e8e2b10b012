import { DisposalStack, systemClock } from '@frontdesk/runtime';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { type Config } from './config';
import { GroupCoordinator } from './groups/group-coordinator';
import { OffsetStore } from './groups/offset-store';
import { servedApis } from './handlers';
import { DataFolder } from './log/data-folder';
import { TopicStore } from './log/topic-store';
import { Connection } from './server/connection';

const nodeId = 0;
const retentionCheckMs = 60_000;
const maxConnections = 1000;

export interface BrokerEvents {
  (event: string, fields: Record<string, unknown>): void;
}

/** The single node: opens the data folder, then listens. */
export class Broker implements AsyncDisposable {
  private constructor(
    readonly host: string,
    readonly port: number,
    private readonly resources: DisposalStack,
  ) {}

  static async start(config: Config, report: BrokerEvents): Promise<Broker> {
    const resources = new DisposalStack((name, error) =>
      report('RELEASE_FAILED', { name, error: String(error) }),
    );
    try {
      return await Broker.open(config, report, resources);
    } catch (error) {
      await resources[Symbol.asyncDispose]();
      throw error;
    }
  }

  private static async open(config: Config, report: BrokerEvents, resources: DisposalStack): Promise<Broker> {
    const folder = DataFolder.open(config.dataDir);
    resources.defer('data folder', () => folder.close());
    const topics = new TopicStore(join(config.dataDir, 'topics'), config, (topic, partition, bytes) =>
      report('TORN_TAIL_CUT', { topic, partition, bytes }),
    );
    resources.defer('logs', () => topics.forEachPartition((log) => log.close()));
    const offsets = new OffsetStore(join(config.dataDir, 'offsets.jsonl'));
    resources.defer('offsets', () => offsets.close());
    const groups = new GroupCoordinator(
      offsets,
      (topic, partition) => topics.partition(topic, partition) !== undefined,
      { clock: systemClock, initialRebalanceDelayMs: config.initialRebalanceDelayMs },
    );
    resources.defer('groups', () => groups.close());

    const flushing = setInterval(() => {
      topics.forEachPartition((log) => log.flush());
      offsets.flush();
    }, config.flushIntervalMs);
    resources.defer('flush timer', () => clearInterval(flushing));
    const applyRetention = (): void => topics.forEachPartition((log) => log.retain(Date.now()));
    applyRetention();
    const retaining = setInterval(applyRetention, retentionCheckMs);
    resources.defer('retention timer', () => clearInterval(retaining));

    const server = createServer();
    await listen(server, config);
    const { port } = server.address() as AddressInfo;
    const broker = { nodeId, host: config.host, port };
    const apis = servedApis({ folder, topics, groups, offsets, broker, ...config });
    const connections = new Set<Connection>();
    server.maxConnections = maxConnections;
    server.on('connection', (socket) => {
      const onFault = (what: string): void => report('CONNECTION_ENDED', { what });
      const connection = new Connection(socket, { apis, maxRequestBytes: config.maxRequestBytes, onFault });
      connections.add(connection);
      socket.on('close', () => connections.delete(connection));
    });
    resources.defer('server', async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const connection of connections) connection.close();
      await closed;
    });
    return new Broker(config.host, port, resources);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.resources[Symbol.asyncDispose]();
  }
}

const listen = (server: Server, { port, host }: { port: number; host: string }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
