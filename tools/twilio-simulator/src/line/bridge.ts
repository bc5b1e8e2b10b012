import type { Line, LineTap, PlaybackSource } from './line';

/** Frames that may wait between two legs whose ticks fall at different moments. */
const MAX_WAITING = 4;

/** What one leg's far end says, as something to be played to the other leg. */
class OneWay implements LineTap, PlaybackSource {
  private waiting: Buffer[] = [];

  frame(said: Buffer | null): void {
    if (!said) return;
    if (this.waiting.length >= MAX_WAITING) this.waiting.shift();
    this.waiting.push(said);
  }

  nextFrame(): Buffer | null {
    return this.waiting.shift() ?? null;
  }
}

/** Connects two legs so that each hears the other; returns how to part them. */
export const bridge = (a: Line, b: Line): (() => void) => {
  const toA = new OneWay();
  const toB = new OneWay();
  const untapA = a.tap(toB);
  const untapB = b.tap(toA);
  a.source = toA;
  b.source = toB;
  return () => {
    untapA();
    untapB();
    if (a.source === toA) a.source = null;
    if (b.source === toB) b.source = null;
  };
};
