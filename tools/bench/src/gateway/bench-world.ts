import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@frontdesk/contracts';
import { createTopics } from '@frontdesk/messaging';
import { silentLogger } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import {
  newSecrets,
  repoRoot,
  type RunningProcess,
  type Secrets,
  spawnService,
  spawnTool,
} from '@frontdesk/test-harness';
import { asDeployed } from '../machine/as-deployed';
import { type Cores, coresOf, pin } from '../machine/pinning';
import { gatewayEnvironment, targetOf } from './gateway-environment';
import { GeneratorClient } from './generator-client';
import { greetingStandIn, NUMBER, recordingStandIn } from './neighbours';
import { type Target } from '../load/dial';

/** More than any step tries: the benchmark finds the limit of the machine, not of a setting. */
const MAX_CALLS = 5000;
/** Its collector works seldom, and with one thread: it shares the core with the generator's clock. */
const GENERATOR_MEMORY = { NODE_OPTIONS: '--v8-pool-size=1 --max-semi-space-size=32' };
export const STALL_PRELOAD = join(repoRoot, 'tools/bench/preload/stall.cjs');

/** A process under test, and how to load it. */
export interface Measured extends AsyncDisposable {
  readonly pid: number;
  readonly target: Target;
  /** Its Prometheus text; empty for the forwarder. */
  metrics(): Promise<string>;
}

/**
 * Generator, stand-ins of the neighbours and a broker; gateways and forwarders are started in it, each a process of its own
 * on a core of its own.
 */
export class BenchWorld implements AsyncDisposable {
  private constructor(
    readonly generator: GeneratorClient,
    readonly cores: Cores | null,
    readonly isPinned: boolean,
    private readonly secrets: Secrets,
    private readonly urls: { greeting: string; recording: string; kafka: string },
    private readonly held: DisposalStack,
    readonly signal: AbortSignal,
  ) {}

  static async start(signal: AbortSignal): Promise<BenchWorld> {
    const held = new DisposalStack((name, error) => {
      process.stderr.write(`releasing ${name}: ${String(error)}\n`);
    });
    try {
      return await assemble(held, signal, (...parts) => new BenchWorld(...parts, held, signal));
    } catch (error) {
      await held[Symbol.asyncDispose]();
      throw error;
    }
  }

  async startGateway(options: { preload?: string; env?: Record<string, string> } = {}): Promise<Measured> {
    const openAi = `http://127.0.0.1:${this.generator.port}/v1`;
    const environment = gatewayEnvironment(this.secrets, { ...this.urls, openAi });
    const gateway = await spawnService('media-gateway', {
      ...environment,
      MAX_CALLS: String(MAX_CALLS),
      ...(options.preload
        ? { NODE_OPTIONS: `${environment.NODE_OPTIONS} --require ${options.preload}` }
        : {}),
      ...options.env,
    });
    // Profiles and frames are fetched at the start; a call before that would be greeted otherwise.
    await sleep(1000);
    return this.measured(gateway, 'gateway');
  }

  async startForwarder(): Promise<Measured> {
    const url = `ws://127.0.0.1:${this.generator.port}/v1/realtime`;
    const forwarder = await spawnTool('bench', asDeployed['media-gateway'], {
      args: ['forwarder-process', url],
    });
    return this.measured(forwarder, 'forwarder');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.held[Symbol.asyncDispose]();
  }

  private measured(running: RunningProcess, kind: Target['kind']): Measured {
    if (this.cores) pin(running.pid, this.cores.measured);
    const { port } = running.listeningLine;
    return {
      pid: running.pid,
      target: targetOf(this.secrets, { kind, port, number: NUMBER }),
      metrics: async () =>
        kind === 'gateway' ? (await fetch(`http://127.0.0.1:${port}/metrics`)).text() : '',
      [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
    };
  }
}

const assemble = async (
  held: DisposalStack,
  signal: AbortSignal,
  make: (
    generator: GeneratorClient,
    cores: Cores | null,
    isPinned: boolean,
    secrets: Secrets,
    urls: { greeting: string; recording: string; kafka: string },
  ) => BenchWorld,
): Promise<BenchWorld> => {
  const secrets = newSecrets();
  const cores = coresOf();
  const folder = mkdtempSync(join(tmpdir(), 'frontdesk-bench-'));
  held.defer('folder', () => rmSync(folder, { recursive: true, force: true }));
  const greeting = held.use('greeting', await greetingStandIn(secrets.internalApiToken));
  const recording = held.use('recording', await recordingStandIn(secrets.internalApiToken));
  const kafka = held.use('kafka', await spawnTool('embedded-kafka', { PORT: '0', DATA_DIR: folder }));
  const kafkaUrl = `127.0.0.1:${kafka.listeningLine.port}`;
  await createTopics({ brokers: [kafkaUrl], logger: silentLogger }, [
    topics.callEvents,
    topics.profileEvents,
  ]);
  signal.throwIfAborted();
  const generator = held.use(
    'generator',
    await spawnTool('bench', GENERATOR_MEMORY, { args: ['generator-process'] }),
  );
  let isPinned = cores !== null;
  if (cores) {
    isPinned = pin(generator.pid, cores.generator) && isPinned;
    isPinned = pin(kafka.pid, cores.rest) && isPinned;
    isPinned = pin(process.pid, cores.rest) && isPinned;
  }
  const url = (port: number): string => `http://127.0.0.1:${port}`;
  return make(new GeneratorClient(generator.listeningLine.port), cores, isPinned, secrets, {
    greeting: url(greeting.port),
    recording: url(recording.port),
    kafka: kafkaUrl,
  });
};
