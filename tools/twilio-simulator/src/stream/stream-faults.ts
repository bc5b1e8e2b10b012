import type { Timer } from '@frontdesk/runtime';
import type { Call } from '../call/call';
import type { CallWorld } from '../call/call-world';

/** A mark is echoed late when this is asked for. */
const DEFAULT_MARK_DELAY_MS = 500;

/**
 * The faults of a stream that has started: a stall (no media, and unless `marks` or `pongs` is set neither marks nor
 * pongs), a socket cut without a close frame, marks that come late. A fault asked for while the stream runs counts from
 * the moment it is seen.
 */
export class StreamFaults {
  isStalled = false;
  isDeaf = false;
  private holdsMarks = false;
  private heldMarks: (() => void)[] = [];
  private readonly timers: Timer[] = [];
  private ticks = 0;
  /** Each strikes a stream once. */
  private hasStall = false;
  private hasCut = false;

  constructor(
    private readonly world: CallWorld,
    private readonly call: Call,
    private readonly cut: () => void,
  ) {
    this.look();
  }

  /** Looks five times a second for what has been asked for meanwhile. */
  tick(): void {
    this.ticks += 1;
    if (this.ticks % 10 === 0) this.look();
  }

  /** Sends a mark now, later, or when the stall is over. */
  whenMarksPass(echo: () => void): void {
    if (this.holdsMarks) {
      this.heldMarks.push(echo);
      return;
    }
    const late = this.world.faults.take('mark-late', this.call.subject);
    if (late) this.after(late.number('ms', DEFAULT_MARK_DELAY_MS), echo);
    else echo();
  }

  end(): void {
    for (const timer of this.timers) timer.cancel();
  }

  private look(): void {
    const stall = this.hasStall ? undefined : this.world.faults.take('media-stalls', this.call.subject);
    this.hasStall ||= stall !== undefined;
    if (stall)
      this.after(stall.number('afterMs', 0), () => {
        this.call.book.note('fault', { name: 'media-stalls' });
        this.isStalled = true;
        this.holdsMarks = !stall.flag('marks');
        this.isDeaf = !stall.flag('pongs');
        const forMs = stall.number('forMs', Infinity);
        if (Number.isFinite(forMs)) this.after(forMs, () => this.resume());
      });
    const cut = this.hasCut ? undefined : this.world.faults.take('socket-cut', this.call.subject);
    this.hasCut ||= cut !== undefined;
    if (cut)
      this.after(cut.number('afterMs', 0), () => {
        this.call.book.note('fault', { name: 'socket-cut' });
        this.cut();
      });
  }

  private resume(): void {
    this.isStalled = false;
    this.isDeaf = false;
    this.holdsMarks = false;
    for (const echo of this.heldMarks.splice(0)) echo();
  }

  private after(ms: number, action: () => void): void {
    if (ms <= 0) action();
    else this.timers.push(this.world.clock.setTimer(action, ms));
  }
}
