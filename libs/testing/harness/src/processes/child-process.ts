import { spawn, type ChildProcess } from 'node:child_process';
import { type Readable } from 'node:stream';
import { bundleOf, parentWatch } from './repo';
import { scrubbedEnvironment, type Environment } from './environment';
import { parseEvent, ProcessOutput } from './output';
import { waitUntilReady } from './readiness';

export interface SpawnOptions {
  /** App or tool, such as `media-gateway`; its bundle in dist/ is what runs. */
  name: string;
  /** Added to PATH, HOME and the like; nothing else is inherited. */
  env: Environment;
  /** Arguments after the bundle, such as `migrate`. */
  args?: readonly string[];
  logFile?: string;
  /** Told as soon as the pid exists, before the process listens. */
  onSpawn?: (child: SpawnedProcess) => void;
  startTimeoutMs?: number;
}

/** What a process says in its LISTENING line; the port is always there. */
export interface Listening extends Record<string, unknown> {
  event: 'LISTENING';
  port: number;
}

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const SHOWN_LINES = 40;

/**
 * A bundle running as a process of its own: detached in a process group of its own (Ctrl-C reaches the parent alone,
 * which stops its children in order), and ending when this process is gone, by parent-watch.cjs.
 */
export class SpawnedProcess implements AsyncDisposable {
  readonly pid: number;
  readonly output: ProcessOutput;
  /** Resolves when the process has ended, with what a person should read about it. */
  readonly ended: Promise<string>;
  private hasEnded = false;
  private isStopping = false;
  private stopped: Promise<void> | undefined;

  private constructor(
    readonly name: string,
    readonly child: ChildProcess,
    logFile: string | undefined,
  ) {
    this.pid = child.pid ?? -1;
    this.output = new ProcessOutput([child.stdout, child.stderr] as Readable[], logFile);
    this.ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => {
        this.hasEnded = true;
        this.output.close();
        resolve(signal ?? `exit code ${code}`);
      });
    });
  }

  static spawn(options: SpawnOptions): SpawnedProcess {
    const child = spawn(
      process.execPath,
      ['--require', parentWatch, bundleOf(options.name), ...(options.args ?? [])],
      {
        env: { ...scrubbedEnvironment(), ...options.env },
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      },
    );
    const spawned = new SpawnedProcess(options.name, child, options.logFile);
    options.onSpawn?.(spawned);
    return spawned;
  }

  get isRunning(): boolean {
    return !this.hasEnded;
  }

  /** Whether it ended without having been asked to. */
  get crashed(): boolean {
    return this.hasEnded && !this.isStopping;
  }

  /** Waits for the LISTENING line; a process that ends first, or says nothing in time, is an error with its last words. */
  async listening(timeoutMs = START_TIMEOUT_MS): Promise<Listening> {
    const isListening = (line: string): Listening | undefined => {
      const event = parseEvent(line);
      return event?.event === 'LISTENING' && typeof event.port === 'number'
        ? (event as Listening)
        : undefined;
    };
    let forget = (): unknown => undefined;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Listening>((resolve, reject) => {
        for (const line of this.output.lines) {
          const found = isListening(line);
          if (found) return resolve(found);
        }
        forget = this.output.onLine((line) => {
          const found = isListening(line);
          if (found) resolve(found);
        });
        void this.ended.then((how) => reject(this.failure(`ended before it listened (${how})`)));
        timer = setTimeout(() => reject(this.failure(`did not listen within ${timeoutMs} ms`)), timeoutMs);
      });
    } finally {
      clearTimeout(timer);
      forget();
    }
  }

  /** Waits until a run such as `migrate` has ended well. */
  async finished(timeoutMs = START_TIMEOUT_MS): Promise<void> {
    const timer = setTimeout(() => this.kill('SIGKILL'), timeoutMs);
    const how = await this.ended;
    clearTimeout(timer);
    if (how !== 'exit code 0') throw this.failure(`failed (${how})`);
  }

  /** A signal to the process alone. */
  kill(signal: NodeJS.Signals): void {
    if (this.isRunning) this.child.kill(signal);
  }

  /** SIGTERM, a bounded wait, then SIGKILL for its whole group. Idempotent. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.stopped ??= this.stop());
  }

  private async stop(): Promise<void> {
    if (this.hasEnded) return;
    this.isStopping = true;
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.killGroup(), STOP_TIMEOUT_MS);
    await this.ended;
    clearTimeout(timer);
  }

  private killGroup(): void {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // It ended in between.
    }
  }

  /** An error that shows what the process said. */
  failure(what: string): ProcessFailure {
    return new ProcessFailure(this.name, what, this.output.tail(SHOWN_LINES));
  }
}

/** A child process did not do its part; the message is one line, the output what it printed last. */
export class ProcessFailure extends Error {
  constructor(
    readonly processName: string,
    what: string,
    readonly output: string,
  ) {
    super(`${processName} ${what}${output ? `; it said:\n${output}` : ''}`);
    this.name = 'ProcessFailure';
  }
}

/** Starts a tool and waits for its LISTENING line. */
export const spawnTool = async (
  name: string,
  env: Environment,
  options: Omit<SpawnOptions, 'name' | 'env'> = {},
): Promise<RunningProcess> => {
  const spawned = SpawnedProcess.spawn({ name, env, ...options });
  try {
    return Object.assign(spawned, { listeningLine: await spawned.listening(options.startTimeoutMs) });
  } catch (error) {
    await spawned[Symbol.asyncDispose]();
    throw error;
  }
};

/** Starts a service, waits for its LISTENING line and then until /readyz answers 200. */
export const spawnService = async (
  name: string,
  env: Environment,
  options: Omit<SpawnOptions, 'name' | 'env'> = {},
): Promise<RunningProcess> => {
  const running = await spawnTool(name, { HOST: '127.0.0.1', ...env }, options);
  try {
    await waitUntilReady(running, options.startTimeoutMs);
    return running;
  } catch (error) {
    await running[Symbol.asyncDispose]();
    throw error;
  }
};

export type RunningProcess = SpawnedProcess & { readonly listeningLine: Listening };

/** Runs `main.js migrate` of a service to its end. */
export const runMigrate = async (
  name: string,
  env: Environment,
  options: Omit<SpawnOptions, 'name' | 'env' | 'args'> = {},
): Promise<void> => {
  await using migration = SpawnedProcess.spawn({ name, env, ...options, args: ['migrate'] });
  await migration.finished(options.startTimeoutMs);
};
