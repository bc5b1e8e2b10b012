import type { Clock } from '@frontdesk/runtime';

/** Starts outbound calls no faster than the account's rate; what comes on top waits its turn, none is refused. */
export class DialQueue {
  private nextSlotAtMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly callsPerSecond: () => number,
  ) {}

  add(start: () => void): void {
    const now = this.clock.monotonicMs();
    const atMs = Math.max(now, this.nextSlotAtMs);
    this.nextSlotAtMs = atMs + 1000 / this.callsPerSecond();
    // Never at once: the answer to the request is on its way first, mostly.
    this.clock.setTimer(start, Math.max(1, atMs - now));
  }
}
