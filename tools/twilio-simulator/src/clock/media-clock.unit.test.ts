import { ManualClock } from '@frontdesk/runtime';
import { MediaClock } from './media-clock';

const ticking = () => {
  const clock = new ManualClock();
  const media = new MediaClock(clock, (callback) => callback());
  return { clock, media };
};

describe('the media clock', () => {
  it('ticks every listener fifty times a second without drift', () => {
    const { clock, media } = ticking();
    const counts = [0, 0, 0, 0, 0];
    counts.forEach((_, index) => media.add({ tick: () => void counts[index]!++ }));
    clock.advance(60_000);
    expect(counts).toEqual([3000, 3000, 3000, 3000, 3000]);
  });

  it('makes up for ticks missed while the process was late', () => {
    const clock = new ManualClock();
    const late: (() => void)[] = [];
    const media = new MediaClock(clock, (callback) => late.push(callback));
    let ticks = 0;
    media.add({ tick: () => void ticks++ });
    clock.advance(200);
    expect(ticks).toBe(0);
    late.shift()?.();
    expect(ticks).toBe(10);
  });

  it('stops its timer with the last listener', () => {
    const { clock, media } = ticking();
    const remove = media.add({ tick: () => undefined });
    clock.advance(100);
    remove();
    expect(clock.pendingTimers).toBe(0);
  });
});
