import { ArrivalMeter } from './arrival-meter';

/** A sender with a lead of 140 ms, then a frame every 20 ms. */
const spurt = (meter: ArrivalMeter, startMs: number, frames: number, dryMs: number): void => {
  for (let i = 0; i < frames; i++)
    meter.arrived(160, startMs + Math.max(0, (i - 7) * 20), i === 0 ? dryMs : 0);
};

describe('how media arrives', () => {
  it('is fifty frames a second within spurts, the leading burst and the pauses left out', () => {
    const meter = new ArrivalMeter(1_000);
    spurt(meter, 1_250, 100, Infinity);
    spurt(meter, 9_000, 100, 5_000);
    expect(meter.figures()).toEqual({
      framesReceived: 200,
      startToFirstMediaMs: 250,
      fpsWithinSpurts: 50,
      maxGapMs: 20,
      oddSizedMessages: 0,
    });
  });

  it('shows a gap within a spurt, and a sender that is too slow', () => {
    const meter = new ArrivalMeter(0);
    for (let i = 0; i < 100; i++) meter.arrived(160, i * 25, i === 0 ? Infinity : 0);
    meter.arrived(160, 100 * 25 + 150, 120);
    expect(meter.figures()).toMatchObject({ maxGapMs: 175 });
    expect(meter.figures().fpsWithinSpurts).toBeLessThan(41);
  });

  it('says nothing of a rate after too little', () => {
    const meter = new ArrivalMeter(0);
    meter.arrived(8_000, 100, Infinity);
    expect(meter.figures()).toMatchObject({ framesReceived: 50, fpsWithinSpurts: null, oddSizedMessages: 1 });
  });
});
