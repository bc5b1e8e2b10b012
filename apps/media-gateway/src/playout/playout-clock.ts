import { type Clock, type Timer } from '@frontdesk/runtime';
import { FRAME_MS } from '@frontdesk/audio';

/** Groups of calls within one frame period: at 800 calls each timer tick serves 160 of them, not all at once. */
const SLOTS = 5;
const SLOT_MS = FRAME_MS / SLOTS;
/** As often as what the caller says goes to the model. */
export const READ_EVERY_MS = 2 * FRAME_MS;
/** So late the timer is not just waking up: something holds the event loop. */
const LATE_MS = 2;

/** What the clock calls for a lane that is running: send what is due at `nowMs` (monotonic); or read what has come. */
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
 * exists only while a lane runs, or somebody reads.
 *
 * Streams are read by the same clock, every 40 ms, some of them at each tick and after what is to be sent.
 */
export class PlayoutClock {
  private readonly sends: readonly ClockSlot[];
  private readonly reads: readonly ClockSlot[];
  private timer: Timer | undefined;
  /** When the timer fires. */
  private timerAtMs = Infinity;
  /** When the first of those who send is due. */
  private sendAtMs = Infinity;
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
    const slots = (periodMs: number): ClockSlot[] =>
      Array.from(
        { length: periodMs / SLOT_MS },
        (_, index) => new ClockSlot(epochMs + index * SLOT_MS, periodMs),
      );
    this.sends = slots(FRAME_MS);
    this.reads = slots(READ_EVERY_MS);
  }

  /** Takes a place in the slot with the fewest calls. */
  join(pulse: Pulse): Lane {
    const slot = emptiest(this.sends);
    slot.lanes.add(pulse);
    return {
      run: () => this.run(slot, pulse),
      rest: () => slot.running.delete(pulse),
      leave: () => slot.remove(pulse),
    };
  }

  /** Calls `read` every 40 ms until it leaves. */
  joinReads(read: Pulse): Pick<Lane, 'leave'> {
    const slot = emptiest(this.reads);
    slot.lanes.add(read);
    this.run(slot, read);
    return { leave: () => slot.remove(read) };
  }

  private run(slot: ClockSlot, pulse: Pulse): void {
    if (slot.running.has(pulse)) return;
    // A slot that rested has a deadline of long ago: it was not missed, nobody waited for it.
    const nowMs = this.clock.monotonicMs();
    if (slot.running.size === 0 && slot.deadlineMs <= nowMs - slot.periodMs) slot.skipPast(nowMs);
    slot.running.add(pulse);
    if (!this.isTicking) this.schedule();
  }

  /**
   * For whoever is at work while the timer may be due: sends what should have gone out already. After a pause of the
   * process Node reads all sockets before it looks at its timers; the callers must not wait for that.
   */
  catchUp(nowMs: number): void {
    if (nowMs < this.sendAtMs + LATE_MS || this.isTicking) return;
    this.isTicking = true;
    this.send(nowMs);
    this.isTicking = false;
    this.schedule();
  }

  private readonly tick = (): void => {
    this.timer = undefined;
    this.isTicking = true;
    let nowMs = this.clock.monotonicMs();
    this.send(nowMs);
    for (const slot of this.reads) {
      if (slot.deadlineMs > nowMs) continue;
      slot.skipPast(nowMs);
      if (slot.running.size === 0) continue;
      for (const read of slot.running) this.pulse(read, nowMs);
      // After a pause of the process all are due, and no caller shall wait for all of them.
      nowMs = this.clock.monotonicMs();
      this.send(nowMs);
    }
    this.isTicking = false;
    this.schedule();
  };

  /** Whatever is due. */
  private send(nowMs: number): void {
    for (const slot of this.sends) {
      if (slot.deadlineMs > nowMs) continue;
      if (slot.running.size > 0) this.onTick(nowMs - slot.deadlineMs);
      slot.skipPast(nowMs);
      for (const pulse of slot.running) this.pulse(pulse, nowMs);
    }
  }

  private pulse(pulse: Pulse, nowMs: number): void {
    try {
      pulse(nowMs);
    } catch (error) {
      this.onLaneError(error);
    }
  }

  /** A timer that is set for an earlier time stays: it finds nothing due, and is set anew then. */
  private schedule(): void {
    const nowMs = this.clock.monotonicMs();
    // Nobody works out what was not sent while nothing ran; but what was not read lies there, and is read.
    for (const slot of this.sends) if (slot.deadlineMs <= nowMs - slot.periodMs) slot.skipPast(nowMs);
    this.sendAtMs = earliest(this.sends);
    const next = Math.min(this.sendAtMs, earliest(this.reads));
    if (next === Infinity || (this.timer && this.timerAtMs <= next)) return;
    this.timer?.cancel();
    this.timerAtMs = next;
    // Whole milliseconds, rounded up: Node cuts fractions off and would wake before the deadline.
    this.timer = this.clock.setTimer(this.tick, Math.max(0, Math.ceil(next - nowMs)));
  }
}

class ClockSlot {
  readonly lanes = new Set<Pulse>();
  readonly running = new Set<Pulse>();

  constructor(
    public deadlineMs: number,
    readonly periodMs: number,
  ) {}

  remove(pulse: Pulse): void {
    this.running.delete(pulse);
    this.lanes.delete(pulse);
  }

  skipPast(nowMs: number): void {
    const { periodMs } = this;
    if (this.deadlineMs <= nowMs)
      this.deadlineMs += (Math.floor((nowMs - this.deadlineMs) / periodMs) + 1) * periodMs;
  }
}

const emptiest = (slots: readonly ClockSlot[]): ClockSlot =>
  slots.reduce((best, other) => (other.lanes.size < best.lanes.size ? other : best));

/** When the first of those is due in which somebody runs. */
const earliest = (slots: readonly ClockSlot[]): number => {
  let next = Infinity;
  for (const slot of slots) if (slot.running.size > 0) next = Math.min(next, slot.deadlineMs);
  return next;
};
