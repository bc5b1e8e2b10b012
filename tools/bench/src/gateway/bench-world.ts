import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { topics } from '@frontdesk/contracts';
import { createTopics } from '@frontdesk/messaging';
import { silentLogger } from '@frontdesk/observability';
import { DisposalStack } from '@frontdesk/runtime';
import {
  LOCAL_PUBLIC_URL,
  newSecrets,
  repoRoot,
  type RunningProcess,
  type Secrets,
  SIMULATED_ACCOUNT_SID,
  spawnService,
  spawnTool,
} from '@frontdesk/test-harness';
import { type Cores, coresOf, pin } from '../machine/pinning';
import { GeneratorClient } from './generator-client';
import { greetingStandIn, NUMBER, recordingStandIn } from './neighbours';
import { type Target } from '../load/dial';

/** More than any step tries: the benchmark finds the limit of the machine, not of a setting. */
const MAX_CALLS = 5000;
export const STALL_PRELOAD = join(repoRoot, 'tools/bench/preload/stall.cjs');

/** How deploy/k8s/base/media-gateway starts it: its heap is one of a pod of 1 GiB, not of this machine. */
const AS_DEPLOYED = {
  NODE_OPTIONS: '--max-old-space-size=512 --max-semi-space-size=4',
  MALLOC_ARENA_MAX: '1',
};

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
    const { secrets, urls } = this;
    const gateway = await spawnService('media-gateway', {
      PORT: '0',
      PUBLIC_URL: LOCAL_PUBLIC_URL,
      TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: secrets.simulatedAuthToken,
      TWILIO_API_BASE_URL: urls.recording,
      OPENAI_API_KEY: 'sk-simulated-0000000000000000',
      OPENAI_BASE_URL: `http://127.0.0.1:${this.generator.port}/v1`,
      GREETING_SERVICE_URL: urls.greeting,
      RECORDING_SERVICE_URL: urls.recording,
      OUTBOUND_DIALER_URL: urls.recording,
      INTERNAL_API_TOKEN: secrets.internalApiToken,
      STREAM_TOKEN_SECRET: secrets.streamTokenSecret,
      KAFKA_BROKERS: urls.kafka,
      MAX_CALLS: String(MAX_CALLS),
      DRAIN_TIMEOUT_MS: '0',
      ...AS_DEPLOYED,
      ...(options.preload
        ? { NODE_OPTIONS: `${AS_DEPLOYED.NODE_OPTIONS} --require ${options.preload}` }
        : {}),
      ...options.env,
    });
    // Profiles and frames are fetched at the start; a call before that would be greeted otherwise.
    await sleep(1000);
    return this.measured(gateway, 'gateway');
  }

  async startForwarder(): Promise<Measured> {
    const url = `ws://127.0.0.1:${this.generator.port}/v1/realtime`;
    const forwarder = await spawnTool('bench', {}, { args: ['forwarder-process', url] });
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
      target: {
        kind,
        port,
        publicUrl: LOCAL_PUBLIC_URL,
        authToken: this.secrets.simulatedAuthToken,
        accountSid: SIMULATED_ACCOUNT_SID,
        number: NUMBER,
      },
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
  const generator = held.use('generator', await spawnTool('bench', {}, { args: ['generator-process'] }));
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
