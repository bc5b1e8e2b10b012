/** Releases what a service holds, in reverse order of taking, each once. */
export class DisposalStack implements AsyncDisposable {
  private readonly entries: { name: string; release: () => unknown }[] = [];
  private disposing: Promise<void> | undefined;

  /**
   * @param onError told of a release that failed or took too long; the others still run
   * @param stepTimeoutMs how long one release may take before the next begins
   */
  constructor(
    private readonly onError: (name: string, error: unknown) => void,
    private readonly stepTimeoutMs = 10_000,
  ) {}

  /** Registers how to release something. */
  defer(name: string, release: () => unknown): void {
    if (this.disposing) throw new Error(`cannot take ${name}: already disposing`);
    this.entries.push({ name, release });
  }

  /** Registers a disposable and returns it. */
  use<T extends AsyncDisposable>(name: string, resource: T): T {
    this.defer(name, () => resource[Symbol.asyncDispose]());
    return resource;
  }

  /** Idempotent: a second call waits for the first. */
  [Symbol.asyncDispose](): Promise<void> {
    return (this.disposing ??= this.release());
  }

  private async release(): Promise<void> {
    for (const { name, release } of this.entries.reverse()) {
      try {
        await withTimeout(Promise.resolve(release()), this.stepTimeoutMs, `releasing ${name}`);
      } catch (error) {
        this.onError(name, error);
      }
    }
  }
}

/** A wait that reached its bound. */
export class TimeoutError extends Error {
  constructor(what: string, ms: number) {
    super(`${what} took longer than ${ms} ms`);
    this.name = 'TimeoutError';
  }
}

/** The promise's result, or a {@link TimeoutError} after `ms`; the timer never outlives the wait. */
export const withTimeout = async <T>(promise: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(what, ms)), ms);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
};
