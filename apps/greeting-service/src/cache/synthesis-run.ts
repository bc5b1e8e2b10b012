import { type Frames } from './frames';
import { LiveSpeech } from './live-speech';

/**
 * One synthesis of this process, shared by all who ask for its key while it runs. Each may leave; it is given up only
 * when the last has left, and never once a caller listens.
 */
export class SynthesisRun {
  readonly speech = new LiveSpeech();
  private readonly finished: Promise<Frames>;
  private readonly abort = new AbortController();
  private waiting = 0;
  private isListenedTo = false;
  private isOver = false;

  /**
   * @param onListened told when the first caller listens
   * @param onOver told once it is finished or given up: who asks from now on needs another one
   */
  constructor(
    task: (speech: LiveSpeech, signal: AbortSignal) => Promise<Frames>,
    private readonly onListened: (speech: LiveSpeech) => void,
    private readonly onOver: () => void,
  ) {
    this.finished = task(this.speech, this.abort.signal);
    this.finished
      .then(
        ({ mulaw }) => this.speech.finish(mulaw),
        (error: unknown) => this.speech.fail(error),
      )
      .finally(() => this.over());
  }

  /** Its result, for as long as the signal allows. */
  async wait(signal?: AbortSignal): Promise<Frames> {
    this.waiting += 1;
    try {
      return await untilAborted(this.finished, signal);
    } finally {
      this.waiting -= 1;
      if (this.waiting === 0 && !this.isListenedTo && !this.isOver) this.giveUp();
    }
  }

  /** What is heard of it while it runs. From now on it goes on to its end, whoever leaves. */
  listen(): LiveSpeech {
    if (!this.isListenedTo) this.onListened(this.speech);
    this.isListenedTo = true;
    return this.speech;
  }

  private over(): void {
    this.isOver = true;
    this.onOver();
  }

  private giveUp(): void {
    this.over();
    this.abort.abort();
  }
}

const untilAborted = async <T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> => {
  if (!signal) return await result;
  signal.throwIfAborted();
  let onAbort!: () => void;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
