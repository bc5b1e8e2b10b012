/** Tasks that run beside what started them, so many at once; a new one waits for room. */
export class RunningAsks implements AsyncDisposable {
  private readonly running = new Set<Promise<void>>();

  constructor(
    private readonly most: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Resolves when the task has begun. */
  async begin(task: () => Promise<void>): Promise<void> {
    while (this.running.size >= this.most) await Promise.race(this.running);
    const run = task()
      .catch(this.onError)
      .finally(() => this.running.delete(run));
    this.running.add(run);
  }

  /** Waits for those that run: each is bounded by the time-outs of what it asks. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.running);
  }
}
