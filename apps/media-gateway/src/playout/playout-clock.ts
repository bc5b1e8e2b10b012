import { type Clock, type Timer } from '@frontdesk/runtime';
import { FRAME_MS } from '@frontdesk/audio';

/** Groups of calls within one frame period: at 800 calls each timer tick serves 160 of them, not all at once. */
const SLOTS = 5;
const SLOT_MS = FRAME_MS / SLOTS;
/** So late the timer is not just waking up: something holds the event loop. */
const LATE_MS = 2;

/** What the clock calls for a lane that is running: send what is due at `nowMs` (monotonic). */
export type Pulse = (nowMs: number) => void;

/** A call's place on the clock. */
export interface Lane {
  /** Pulses come every 20 ms from now on. Idempotent. */
  run(): void;
  /** No pulses until `run`. Idempotent. */
  rest(): void;
  /** Gives the place back. */
  leave(): void;
}

/**
 * One timer for all calls. Deadlines are absolute (`epoch + n · 20 ms + slot · 4 ms`), so lateness never adds up; a
 * deadline that was missed is not repeated, because each lane works out by itself how many frames are due. The timer
 * exists only while a lane runs.
 */
export class PlayoutClock {
  private readonly slots: ClockSlot[] = [];
  private timer: Timer | undefined;
  /** When the timer is due. */
  private dueAtMs = Infinity;
  private isTicking = false;

  /**
   * @param onTick told how late each tick was, in ms
   * @param onLaneError told what a pulse threw; the other lanes go on
   */
  constructor(
    private readonly clock: Clock,
    private readonly onTick: (lateMs: number) => void,
    private readonly onLaneError: (error: unknown) => void,
  ) {
    const epochMs = clock.monotonicMs();
    for (let index = 0; index < SLOTS; index++) this.slots.push(new ClockSlot(epochMs + index * SLOT_MS));
  }

  /** Takes a place in the slot with the fewest calls. */
  join(pulse: Pulse): Lane {
    const slot = this.slots.reduce((best, other) => (other.lanes.size < best.lanes.size ? other : best));
    slot.lanes.add(pulse);
    return {
      run: () => {
        if (slot.running.has(pulse)) return;
        // A slot that rested has a deadline of long ago: it was not missed, nobody waited for it.
        const nowMs = this.clock.monotonicMs();
        if (slot.running.size === 0 && slot.deadlineMs <= nowMs - FRAME_MS) slot.skipPast(nowMs);
        slot.running.add(pulse);
        if (!this.timer && !this.isTicking) this.schedule();
      },
      rest: () => slot.running.delete(pulse),
      leave: () => {
        slot.running.delete(pulse);
        slot.lanes.delete(pulse);
      },
    };
  }

  /**
   * For whoever is at work while the timer may be due: sends what should have gone out already. After a pause of the
   * process Node reads all sockets before it looks at its timers; the callers must not wait for that.
   */
  catchUp(nowMs: number): void {
    if (nowMs >= this.dueAtMs + LATE_MS && !this.isTicking) this.serve(nowMs);
  }

  private readonly tick = (): void => {
    this.timer = undefined;
    this.serve(this.clock.monotonicMs());
  };

  /** All slots that are due. */
  private serve(nowMs: number): void {
    this.isTicking = true;
    for (const slot of this.slots) {
      if (slot.deadlineMs > nowMs) continue;
      if (slot.running.size > 0) this.onTick(nowMs - slot.deadlineMs);
      slot.skipPast(nowMs);
      for (const pulse of slot.running) this.pulse(pulse, nowMs);
    }
    this.isTicking = false;
    this.schedule();
  }

  private pulse(pulse: Pulse, nowMs: number): void {
    try {
      pulse(nowMs);
    } catch (error) {
      this.onLaneError(error);
    }
  }

  /** A timer that is set already stays: it finds nothing due, and is set anew then. */
  private schedule(): void {
    const nowMs = this.clock.monotonicMs();
    let next = Infinity;
    for (const slot of this.slots) {
      if (slot.running.size === 0) continue;
      if (slot.deadlineMs <= nowMs - FRAME_MS) slot.skipPast(nowMs);
      next = Math.min(next, slot.deadlineMs);
    }
    this.dueAtMs = next;
    // Whole milliseconds, rounded up: Node cuts fractions off and would wake before the deadline.
    if (next < Infinity && !this.timer)
      this.timer = this.clock.setTimer(this.tick, Math.max(0, Math.ceil(next - nowMs)));
  }
}

class ClockSlot {
  readonly lanes = new Set<Pulse>();
  readonly running = new Set<Pulse>();

  constructor(public deadlineMs: number) {}

  skipPast(nowMs: number): void {
    if (this.deadlineMs <= nowMs)
      this.deadlineMs += (Math.floor((nowMs - this.deadlineMs) / FRAME_MS) + 1) * FRAME_MS;
  }
}
