import { FRAME_MS } from './frame-stamp';
import { Histogram } from './histogram';

/** Something that is due every 20 ms. */
export interface Paced {
  due(nowMs: number): void;
}

const SLOTS = 20;
/** After so many slots made up for at once, what has arrived is read first. */
const MAX_SLOTS_AT_ONCE = 40;

/**
 * One timer for all calls of the generator: calls are spread over the 20 ms, each due on absolute deadlines. How late it
 * is itself, is measured: a step that its lateness spoils says nothing about the gateway.
 */
export class Pacer {
  readonly slots: Set<Paced>[] = Array.from({ length: SLOTS }, () => new Set());
  lateness = new Histogram();
  private nextAtMs = 0;
  private nextSlot = 0;
  private timer: NodeJS.Timeout | undefined;

  start(): void {
    this.nextAtMs = performance.now();
    this.timer = setTimeout(this.tick, 1);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  join(paced: Paced): void {
    const slot = this.slots.reduce((best, other) => (other.size < best.size ? other : best));
    slot.add(paced);
  }

  leave(paced: Paced): void {
    for (const slot of this.slots) slot.delete(paced);
  }

  private readonly tick = (): void => {
    let nowMs = performance.now();
    for (let done = 0; this.nextAtMs <= nowMs && done < MAX_SLOTS_AT_ONCE; done++) {
      this.lateness.add(nowMs - this.nextAtMs);
      for (const paced of this.slots[this.nextSlot]!) paced.due(nowMs);
      this.nextSlot = (this.nextSlot + 1) % SLOTS;
      this.nextAtMs += FRAME_MS / SLOTS;
      nowMs = performance.now();
    }
    this.timer = setTimeout(this.tick, Math.max(0, Math.ceil(this.nextAtMs - nowMs)));
  };
}
