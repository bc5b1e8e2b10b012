import { Worker } from 'node:worker_threads';

/** A thread that does nothing but wake up every 10 ms and say when it was late: what timing figures are worth here. */
const PROBE = `
const { parentPort } = require('node:worker_threads');
const STEP_MS = 10;
let due = performance.now() + STEP_MS;
const tick = () => {
  const late = performance.now() - due;
  if (late > 2) parentPort.postMessage({ atMs: Date.now(), lateMs: late });
  due = Math.max(due + STEP_MS, performance.now());
  setTimeout(tick, Math.max(0, due - performance.now()));
};
setTimeout(tick, STEP_MS);
`;

interface LateWakeUp {
  readonly atMs: number;
  readonly lateMs: number;
}

/** Measures how late the machine wakes a process that is due. Timing goals widen by it; contents and counts never do. */
export class LatenessProbe implements AsyncDisposable {
  private readonly late: LateWakeUp[] = [];
  private readonly worker = new Worker(PROBE, { eval: true });

  constructor() {
    this.worker.on('message', (wakeUp: LateWakeUp) => this.late.push(wakeUp));
    this.worker.unref();
  }

  /** The latest wake-up around a moment or during a time, in milliseconds; 0 when the machine was never late. */
  maxMs(fromMs = 0, toMs = Infinity, marginMs = 500): number {
    return Math.ceil(
      this.late
        .filter(({ atMs }) => atMs >= fromMs - marginMs && atMs <= toMs + marginMs)
        .reduce((max, { lateMs }) => Math.max(max, lateMs), 0),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.worker.terminate();
  }
}
