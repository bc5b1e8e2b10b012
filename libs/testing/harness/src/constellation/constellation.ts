import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  runMigrate,
  spawnService,
  spawnTool,
  type RunningProcess,
  type SpawnedProcess,
} from '../processes/child-process';
import { GatewayFleet } from '../gateways/gateway-fleet';
import { type ConstellationSettings, type ProcessName } from './settings';
import { backendPlans, routerPlan, servicePlans, urlOf, type ProcessPlan } from './wiring';

/** What happens to the processes, for whoever shows it or keeps a list of pids. */
export interface ConstellationObserver {
  onSpawn?(process: SpawnedProcess): void;
  onReady?(name: ProcessName, process: RunningProcess): void;
  /** A process ended that nobody had asked to. */
  onCrash?(name: ProcessName, how: string): void;
}

/** The whole system running as processes of its own. Disposing stops it in the reverse order of its start. */
export class Constellation implements AsyncDisposable {
  private readonly running = new Map<ProcessName, RunningProcess>();
  /** Databases and the like that the processes need until they have stopped. */
  private readonly after: AsyncDisposable[] = [];
  private isStopping = false;
  private gateways: GatewayFleet | undefined;

  private constructor(
    readonly settings: ConstellationSettings,
    private readonly observer: ConstellationObserver,
  ) {}

  /** Starts everything; when anything fails, what already runs is stopped and the failure shows the logs. */
  static async start(
    settings: ConstellationSettings,
    observer: ConstellationObserver = {},
    after: AsyncDisposable[] = [],
  ): Promise<Constellation> {
    const constellation = new Constellation(settings, observer);
    constellation.after.push(...after);
    try {
      mkdirSync(settings.dataDir, { recursive: true, mode: 0o755 });
      if (settings.logDir) mkdirSync(settings.logDir, { recursive: true });
      await constellation.startAll();
      return constellation;
    } catch (error) {
      await constellation[Symbol.asyncDispose]();
      throw error;
    }
  }

  get databaseUrl(): string {
    return (
      this.settings.databaseUrl ?? String(this.running.get('embedded-postgres')?.listeningLine.url ?? '')
    );
  }

  get kafkaBrokers(): string {
    return this.settings.kafkaBrokers ?? `127.0.0.1:${this.settings.ports['embedded-kafka']}`;
  }

  /** The gateways of a constellation that was asked for several. */
  get fleet(): GatewayFleet {
    if (!this.gateways) throw new Error('this constellation has one gateway: start it with `gateways`');
    return this.gateways;
  }

  url(name: ProcessName): string {
    return urlOf(this.settings, name);
  }

  process(name: ProcessName): RunningProcess {
    const found = this.running.get(name);
    if (!found) throw new Error(`${name} does not run here`);
    return found;
  }

  get processes(): readonly RunningProcess[] {
    return [...this.running.values()];
  }

  /** Ends a process as the kernel would: no SIGTERM, nothing flushed. */
  async kill(name: ProcessName): Promise<void> {
    const process = this.process(name);
    this.running.delete(name);
    process.kill('SIGKILL');
    await process.ended;
  }

  /** Starts a process again that was killed or stopped. */
  async restart(name: ProcessName): Promise<void> {
    const plan = [...backendPlans(this.settings), ...this.services(), this.router()].find(
      (candidate) => candidate.name === name,
    );
    if (!plan) throw new Error(`${name} is not part of this constellation`);
    await this.startOne(plan);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isStopping = true;
    const stop = async (names: readonly ProcessName[]): Promise<void> => {
      await Promise.all(names.map(async (name) => this.running.get(name)?.[Symbol.asyncDispose]()));
    };
    await stop(['public-router']);
    await Promise.all([stop(['media-gateway', 'outbound-dialer']), this.gateways?.[Symbol.asyncDispose]()]);
    await stop(['recording-service', 'greeting-service']);
    await stop(['twilio-simulator', 'openai-simulator', 'embedded-kafka']);
    await stop(['embedded-postgres']);
    for (const resource of this.after.splice(0).reverse()) await resource[Symbol.asyncDispose]();
  }

  private async startAll(): Promise<void> {
    await allOrFirstFailure(backendPlans(this.settings).map((plan) => this.startOne(plan)));
    const services = this.services();
    await allOrFirstFailure(services.filter((plan) => plan.migrates).map((plan) => this.migrateOne(plan)));
    await allOrFirstFailure(services.map((plan) => this.startService(plan)));
    await this.startOne(this.router());
  }

  private startService(plan: ProcessPlan): Promise<void> {
    const { gateways } = this.settings;
    return plan.name === 'media-gateway' && gateways ? this.startFleet(plan, gateways) : this.startOne(plan);
  }

  private async startFleet(
    { env }: ProcessPlan,
    { replicas, spares }: { replicas: number; spares?: number },
  ): Promise<void> {
    const { ports, logDir } = this.settings;
    this.gateways = await GatewayFleet.start({
      // A replica's copy of the profiles is its own.
      env: { ...env, PROFILE_SNAPSHOT_FILE: '' },
      replicas,
      ...(spares === undefined ? {} : { spares }),
      ports: [ports['media-gateway']],
      ...(logDir ? { logFileOf: (port: number) => join(logDir, `media-gateway-${port}.log`) } : {}),
      onSpawn: (process) => this.observer.onSpawn?.(process),
    });
    if (this.isStopping) await this.gateways[Symbol.asyncDispose]();
  }

  private router(): ProcessPlan {
    return routerPlan(
      this.settings,
      this.gateways?.running.map(({ url }) => url),
    );
  }

  private services(): ProcessPlan[] {
    return servicePlans(this.settings, { databaseUrl: this.databaseUrl, kafkaBrokers: this.kafkaBrokers });
  }

  private async migrateOne(plan: ProcessPlan): Promise<void> {
    await runMigrate(plan.name, plan.env, this.spawnOptions(plan.name));
  }

  private async startOne(plan: ProcessPlan): Promise<void> {
    const spawn = plan.kind === 'tool' ? spawnTool : spawnService;
    const started = await spawn(plan.name, plan.env, this.spawnOptions(plan.name));
    if (this.isStopping) return started[Symbol.asyncDispose]();
    this.running.set(plan.name, started);
    void started.ended.then((how) => {
      if (started.crashed && this.running.get(plan.name) === started) this.observer.onCrash?.(plan.name, how);
    });
    this.observer.onReady?.(plan.name, started);
  }

  private spawnOptions(name: ProcessName) {
    return {
      ...(this.settings.logDir ? { logFile: join(this.settings.logDir, `${name}.log`) } : {}),
      onSpawn: (process: SpawnedProcess) => this.observer.onSpawn?.(process),
    };
  }
}

/** Waits for all to settle, so that none is left half started, then throws the first failure. */
const allOrFirstFailure = async (work: Promise<void>[]): Promise<void> => {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
};
