/** Runs a task again and again, never twice at once; a failure is told and the next run comes as usual. */
export class Ticker implements AsyncDisposable {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  private constructor(
    private readonly task: () => Promise<void>,
    private readonly intervalMs: number,
    private readonly onError: (error: unknown) => void,
  ) {}

  static start(options: {
    intervalMs: number;
    task: () => Promise<void>;
    onError: (error: unknown) => void;
  }): Ticker {
    const ticker = new Ticker(options.task, options.intervalMs, options.onError);
    ticker.run();
    return ticker;
  }

  private run(): void {
    this.running = this.task()
      .catch(this.onError)
      .then(() => {
        if (!this.isStopped) this.timer = setTimeout(() => this.run(), this.intervalMs);
      });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.running;
  }
}
