import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Constellation,
  freePort,
  freePorts,
  type GatewayFleet,
  LOCAL_PUBLIC_URL,
  newSecrets,
  OperatorClients,
  type ProcessName,
  repoRoot,
  RouterControl,
} from '@frontdesk/test-harness';
import { LatenessProbe } from '@frontdesk/run-report';
import { DisposalStack } from '@frontdesk/runtime';

/** Gateways to start with, and addresses for those that come in a kill and a rollout of both. */
const REPLICAS = 2;
const SPARES = 2;
/** How often the router asks the gateways whether they are ready, milliseconds. */
const READINESS_MS = 200;
/** Logs of so many runs are kept. */
const KEPT_RUNS = 5;

export interface ChaosSystemOptions {
  readonly extraEnv?: Partial<Record<ProcessName, Record<string, string>>>;
  readonly say: (line: string) => void;
}

/** Every process of the system on free ports, all simulated, whatever the environment holds; and what measures it. */
export class ChaosSystem implements AsyncDisposable {
  private constructor(
    readonly constellation: Constellation,
    readonly clients: OperatorClients,
    readonly probe: LatenessProbe,
    /** Which gateway gets what. */
    readonly router: RouterControl,
    readonly logDir: string,
    readonly say: (line: string) => void,
    private readonly held: DisposalStack,
  ) {}

  static async start(options: ChaosSystemOptions): Promise<ChaosSystem> {
    const held = new DisposalStack((name, error) =>
      options.say(`could not release ${name}: ${String(error)}`),
    );
    try {
      const dataDir = mkdtempSync(join(tmpdir(), 'frontdesk-chaos-'));
      held.defer('data', () => rmSync(dataDir, { recursive: true, force: true }));
      chmodSync(dataDir, 0o755); // the database's user must be able to enter
      const logDir = newLogFolder();
      options.say(`starting a simulated system on free ports; logs in ${logDir}`);
      const controlPort = await freePort();
      const constellation = held.use(
        'constellation',
        await Constellation.start({
          ports: await freePorts(),
          publicUrl: LOCAL_PUBLIC_URL,
          secrets: newSecrets(),
          dataDir,
          logDir,
          logLevel: 'info',
          isDurable: false,
          gateways: { replicas: REPLICAS, spares: SPARES },
          extraEnv: {
            'public-router': { CONTROL_PORT: String(controlPort), READINESS_MS: String(READINESS_MS) },
            ...options.extraEnv,
          },
        }),
      );
      const clients = held.use('clients', new OperatorClients(constellation));
      const probe = held.use('lateness probe', new LatenessProbe());
      const router = new RouterControl(`http://127.0.0.1:${controlPort}`);
      return new ChaosSystem(constellation, clients, probe, router, logDir, options.say, held);
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  get fleet(): GatewayFleet {
    return this.constellation.fleet;
  }

  /** One more gateway, ready and known to the router when this resolves. */
  async addReplica(): Promise<void> {
    await this.fleet.add();
    await this.router.setReplicas(this.fleet.running.map(({ url }) => url));
  }

  /** Writes books of both simulators beside the logs, for whoever wants to know what happened in a call. */
  keep(name: string, books: unknown): void {
    writeFileSync(join(this.logDir, `${name.replaceAll(' ', '-')}.json`), JSON.stringify(books, null, 1));
  }

  /** Takes a process away in an orderly way, and brings it back when told to. */
  async takeAway(name: ProcessName): Promise<() => Promise<void>> {
    await this.constellation.process(name)[Symbol.asyncDispose]();
    return () => this.constellation.restart(name);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.held[Symbol.asyncDispose]();
  }
}

/** A folder for the logs of one run; only the newest few are kept. */
const newLogFolder = (): string => {
  const runs = join(repoRoot, '.data', 'chaos');
  mkdirSync(runs, { recursive: true });
  for (const old of readdirSync(runs)
    .sort()
    .slice(0, 1 - KEPT_RUNS))
    rmSync(join(runs, old), { recursive: true, force: true });
  const folder = join(runs, new Date().toISOString().replace(/[:.]/g, '-'));
  mkdirSync(folder);
  return folder;
};
