import { type Environment } from '../processes/environment';
import { freePort } from '../processes/free-port';
import { spawnService, type SpawnedProcess } from '../processes/child-process';
import { CallLog, GatewayReplica, type LogLine } from './gateway-replica';

export interface GatewayFleetOptions {
  /** Environment of every replica; PORT, INTERNAL_URL and GATEWAY_PEERS are the fleet's own. */
  readonly env: Environment;
  /** Replicas to start with. */
  readonly replicas: number;
  /** Addresses kept free for replicas that come later, as in a rollout. Default 0. */
  readonly spares?: number;
  /** The first addresses; free ports for those left out. */
  readonly ports?: readonly number[];
  readonly onSpawn?: (process: SpawnedProcess) => void;
  /** Where each replica's output is written. */
  readonly logFileOf?: (port: number) => string;
}

/** Several media-gateways, each a process of its own, which know each other as peers. */
export class GatewayFleet implements AsyncDisposable {
  private readonly started: GatewayReplica[] = [];

  private constructor(
    /** Every address a replica may have, in use or not. */
    readonly urls: readonly string[],
    private readonly options: GatewayFleetOptions,
  ) {}

  static async start(options: GatewayFleetOptions): Promise<GatewayFleet> {
    const ports = [...(options.ports ?? [])];
    while (ports.length < options.replicas + (options.spares ?? 0)) ports.push(await freePort());
    const fleet = new GatewayFleet(
      ports.map((port) => `http://127.0.0.1:${port}`),
      options,
    );
    try {
      await Promise.all(fleet.urls.slice(0, options.replicas).map((url) => fleet.startAt(url)));
      fleet.started.sort((a, b) => fleet.urls.indexOf(a.url) - fleet.urls.indexOf(b.url));
      return fleet;
    } catch (error) {
      await fleet[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** In the order in which they were started, those that have ended too. */
  get replicas(): readonly GatewayReplica[] {
    return this.started;
  }

  get running(): readonly GatewayReplica[] {
    return this.started.filter(({ process }) => process.isRunning);
  }

  /** Starts one more, at an address that nobody has; ready when this resolves. */
  add(env: Environment = {}): Promise<GatewayReplica> {
    const taken = new Set(this.running.map(({ url }) => url));
    const url = this.urls.find((candidate) => !taken.has(candidate));
    if (url === undefined) throw new Error('the fleet has no address left: start it with more spares');
    return this.startAt(url, env);
  }

  /** What all replicas logged about a call, by time. */
  log(callSid: string, event?: string): LogLine[] {
    return this.started
      .flatMap((replica) => replica.log(callSid, event))
      .sort((a, b) => String(a.ts).localeCompare(String(b.ts)));
  }

  /** The running replica whose log told last of a stream's start. */
  holderOf(callSid: string): GatewayReplica | undefined {
    const starts = this.log(callSid, 'WS_START');
    const last = starts.at(-1);
    return this.started.find((replica) => last && replica.log(callSid, 'WS_START').includes(last));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.started.map(({ process }) => process[Symbol.asyncDispose]()));
  }

  private async startAt(url: string, env: Environment = {}): Promise<GatewayReplica> {
    const { port } = new URL(url);
    const calls = new CallLog();
    const logFile = this.options.logFileOf?.(Number(port));
    const process = await spawnService(
      'media-gateway',
      {
        HOST: '127.0.0.1',
        ...this.options.env,
        PORT: port,
        INTERNAL_URL: url,
        GATEWAY_PEERS: this.urls.join(','),
        ...env,
      },
      {
        onSpawn: (spawned) => {
          calls.follow(spawned);
          this.options.onSpawn?.(spawned);
        },
        ...(logFile === undefined ? {} : { logFile }),
      },
    );
    const replica = new GatewayReplica(url, process, calls);
    this.started.push(replica);
    return replica;
  }
}
