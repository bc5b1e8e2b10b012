import { ManualClock } from '@frontdesk/runtime';
import { PlayoutClock } from './playout-clock';

const started = () => {
  const time = new ManualClock();
  const lateness: number[] = [];
  const errors: unknown[] = [];
  const clock = new PlayoutClock(
    time,
    (lateMs) => lateness.push(lateMs),
    (error) => errors.push(error),
  );
  return { time, clock, lateness, errors };
};

describe('PlayoutClock', () => {
  it('pulses a running lane 50 times a second for an hour, without drift', () => {
    const { time, clock } = started();
    let pulses = 0;
    clock.join(() => pulses++).run();
    time.advance(3_600_000);
    expect(pulses).toBe(180_001);
  });

  it('has no timer while every lane rests', () => {
    const { time, clock } = started();
    const lane = clock.join(() => undefined);
    expect(time.pendingTimers).toBe(0);
    lane.run();
    expect(time.pendingTimers).toBe(1);
    lane.rest();
    time.advance(40);
    expect(time.pendingTimers).toBe(0);
  });

  it('uses one timer for all lanes and spreads them over the period', () => {
    const { time, clock } = started();
    const at = new Map<number, number>();
    for (let call = 0; call < 10; call++)
      clock.join((nowMs) => at.set(nowMs % 20, (at.get(nowMs % 20) ?? 0) + 1)).run();
    expect(time.pendingTimers).toBe(1);
    time.advance(1999);
    expect([...at.keys()].sort((a, b) => a - b)).toEqual([0, 4, 8, 12, 16]);
    expect([...at.values()]).toEqual([200, 200, 200, 200, 200]);
  });

  it('pulses once, not five times, after a stall of 100 ms', () => {
    const { time, clock } = started();
    const stalling = new (class {
      extraMs = 0;
    })();
    const real = time.monotonicMs.bind(time);
    time.monotonicMs = () => real() + stalling.extraMs;
    let pulses = 0;
    clock.join(() => pulses++).run();
    time.advance(20);
    const before = pulses;
    stalling.extraMs = 100;
    time.advance(20);
    expect(pulses).toBe(before + 1);
  });

  it('sends what is due before a late timer fires, when it is told of the time, and not twice', () => {
    const { time, clock, lateness } = started();
    const moments: number[] = [];
    clock.join((nowMs) => moments.push(nowMs)).run();
    time.advance(40);
    moments.length = lateness.length = 0;
    const real = time.monotonicMs.bind(time);
    let stalledMs = 0;
    time.monotonicMs = () => real() + stalledMs;
    clock.catchUp(time.monotonicMs());
    stalledMs = 50;
    clock.catchUp(time.monotonicMs());
    clock.catchUp(time.monotonicMs());
    expect(moments).toEqual([90]);
    expect(lateness).toEqual([30]);
    expect(time.pendingTimers).toBe(1);
    time.advance(20);
    expect(moments).toEqual([90, 110]);
    expect(time.pendingTimers).toBe(1);
  });

  it('keeps to its one timer when lanes ask to run from within their pulse', () => {
    const { time, clock } = started();
    const lanes = [1, 2, 3].map(() => {
      const lane = clock.join(() => lane.run());
      return lane;
    });
    lanes.forEach((lane) => lane.run());
    time.advance(1000);
    expect(time.pendingTimers).toBe(1);
  });

  it('goes on when one lane throws', () => {
    const { time, clock, errors } = started();
    let pulses = 0;
    clock
      .join(() => {
        throw new Error('broken lane');
      })
      .run();
    clock.join(() => pulses++).run();
    time.advance(100);
    expect(pulses).toBeGreaterThan(4);
    expect(errors.length).toBeGreaterThan(4);
  });

  it('keeps its deadlines when the clock was idle for a while', () => {
    const { time, clock } = started();
    const moments: number[] = [];
    const lane = clock.join((nowMs) => moments.push(nowMs));
    time.advance(1007);
    lane.run();
    time.advance(60);
    expect(moments).toEqual([1020, 1040, 1060]);
  });

  it('does not call a slot late that nobody ran', () => {
    const time = new ManualClock();
    const late: number[] = [];
    const clock = new PlayoutClock(
      time,
      (lateMs) => late.push(lateMs),
      (error) => {
        throw error;
      },
    );
    const [first, second] = [clock.join(() => undefined), clock.join(() => undefined)];
    time.advance(5000);
    first.run();
    second.run();
    time.advance(100);
    expect(Math.max(...late)).toBeLessThanOrEqual(20);
  });

  it('is in time for a lane that begins while the timer waits for something later', () => {
    const { time, clock } = started();
    const moments: number[] = [];
    clock.joinReads(() => undefined);
    const lane = clock.join((nowMs) => moments.push(nowMs));
    time.advance(10);
    // The next read is due at 40 ms.
    lane.run();
    time.advance(15);
    expect(moments).toEqual([20]);
    expect(time.pendingTimers).toBe(1);
  });

  describe('with streams that it reads', () => {
    it('reads each every 40 ms until it leaves, spread over that time', () => {
      const { time, clock } = started();
      const moments = Array.from({ length: 10 }, () => [] as number[]);
      const places = moments.map((own) => clock.joinReads((nowMs) => own.push(nowMs)));
      time.advance(3_600_000);
      expect(time.pendingTimers).toBe(1);
      for (const own of moments) {
        expect(own.length).toBeGreaterThanOrEqual(90_000);
        expect(own.length).toBeLessThanOrEqual(90_001);
      }
      expect(new Set(moments.map((own) => own.at(-1)! % 40))).toEqual(
        new Set([0, 4, 8, 12, 16, 20, 24, 28, 32, 36]),
      );
      for (const place of places) place.leave();
      time.advance(40);
      expect(time.pendingTimers).toBe(0);
    });

    it('sends first, and in between when all are late', () => {
      const { time, clock } = started();
      const did: string[] = [];
      clock.join(() => did.push('send')).run();
      const real = time.monotonicMs.bind(time);
      let extraMs = 0;
      let slowReads = 0;
      time.monotonicMs = () => real() + extraMs;
      for (let call = 0; call < 10; call++)
        clock.joinReads(() => {
          did.push('read');
          if (slowReads-- > 0) extraMs += 5;
        });
      time.advance(1);
      did.length = 0;
      extraMs = 100;
      slowReads = 10;
      time.advance(40);
      // Ten reads of 5 ms: whoever sends every 20 ms is not kept waiting for them.
      expect(did.slice(0, 15).join(' ')).toMatch(/^send( read){1,4} send( read){4} send/);
    });

    it('reads nothing for whoever is in the middle of a read and tells of the time, but at once after that', () => {
      const { time, clock } = started();
      let reads = 0;
      for (let call = 0; call < 10; call++) clock.joinReads(() => reads++);
      const lane = clock.join(() => undefined);
      lane.run();
      time.advance(41);
      reads = 0;
      const real = time.monotonicMs.bind(time);
      time.monotonicMs = () => real() + 100;
      clock.catchUp(time.monotonicMs());
      lane.rest();
      lane.run();
      expect(reads).toBe(0);
      time.advance(4);
      expect(reads).toBe(10);
    });
  });
});
