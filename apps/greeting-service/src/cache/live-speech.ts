import { LiveFrames } from '../pipeline/live-frames';
import { type SpeechListener } from '../pipeline/speech-listener';

/**
 * Frames of one synthesis while it runs, for any number of callers who wait for it: each hears all of it from its
 * beginning. OPEN (more may come) → ENDED, or BROKEN when the synthesis fails: who listens then hears of it at once.
 * Bounded by the longest speech that the pipeline takes.
 */
export class LiveSpeech implements SpeechListener {
  private readonly pieces: Buffer[] = [];
  private state: 'open' | 'ended' | 'broken' = 'open';
  private reason: unknown;
  private chain: LiveFrames | null = null;
  private waiting: (() => void)[] = [];
  private origin: 'unknown' | 'here' | 'relayed' = 'unknown';

  /** Whether this replica makes it. */
  get isMadeHere(): boolean {
    return this.origin === 'here';
  }

  /** Whether nobody knows yet where it comes from. */
  get isAwaited(): boolean {
    return this.state === 'open' && this.origin === 'unknown';
  }

  /** This replica makes it. */
  claimed(): void {
    if (this.origin === 'unknown') this.origin = 'here';
  }

  /** Finished frames that another replica makes; false when they are not wanted (any more). */
  relay(frames: Buffer): boolean {
    if (this.state !== 'open' || this.origin === 'here') return false;
    this.origin = 'relayed';
    this.add(frames);
    return true;
  }

  begin(sampleRate: number): void {
    // Nobody can take back what a caller has heard: another provider's voice from the beginning would follow its half.
    if (this.pieces.length > 0) this.fail(new Error('the speech provider broke off'));
    this.chain = new LiveFrames(sampleRate);
  }

  piece(pcm: Int16Array): void {
    if (this.state === 'open' && this.chain) this.add(this.chain.process(pcm));
  }

  end(): void {
    if (this.state !== 'open') return;
    if (this.chain) this.add(this.chain.flush());
    this.chain = null;
    this.settle('ended');
  }

  /** Finished frames, for those who wait for them here; nothing more when they heard it while it was made. */
  finish(frames: Buffer): void {
    // What is stored already is on its way: whoever relays it says when it has ended.
    if (this.state !== 'open' || this.origin === 'relayed') return;
    this.chain = null;
    if (this.pieces.length === 0) this.add(frames);
    this.settle('ended');
  }

  fail(reason: unknown): void {
    if (this.state !== 'open') return;
    this.reason = reason;
    this.settle('broken');
  }

  /** Resolves when there is something to hear; throws when there never will be, or not the whole. */
  async started(): Promise<void> {
    while (this.pieces.length === 0 && this.state === 'open') await this.change();
    // Who comes now would hear half of it.
    if (this.state === 'broken') throw this.reason;
    if (this.pieces.length === 0) throw new Error('no audio at all');
  }

  /** All frames, each piece as soon as it is there. Throws where the speech breaks off. */
  async *frames(): AsyncGenerator<Buffer> {
    for (let at = 0; ;) {
      if (at < this.pieces.length) yield this.pieces[at++]!;
      else if (this.state === 'open') await this.change();
      else if (this.state === 'ended') return;
      else throw this.reason;
    }
  }

  private add(frames: Buffer): void {
    if (frames.length === 0) return;
    this.pieces.push(frames);
    this.wake();
  }

  private settle(state: 'ended' | 'broken'): void {
    this.state = state;
    this.wake();
  }

  private change(): Promise<void> {
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
