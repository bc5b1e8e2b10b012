import { ManualClock } from '@frontdesk/runtime';
import { SecondTries } from './second-tries';

const tries = () => {
  const clock = new ManualClock();
  const askedAtMs: number[] = [];
  const made = new SecondTries(clock);
  const fails = (): void => made.failed(() => askedAtMs.push(clock.monotonicMs()));
  return { clock, made, fails, askedAtMs, startedAtMs: clock.monotonicMs() };
};

describe('SecondTries', () => {
  it('asks again after 0.3 s and after 1 s, and then no more until an answer came', () => {
    const { clock, made, fails, askedAtMs, startedAtMs } = tries();
    for (let round = 0; round < 4; round++) {
      fails();
      clock.advance(2000);
    }
    expect(askedAtMs.map((atMs) => atMs - startedAtMs)).toEqual([300, 3000]);
    made.succeeded();
    fails();
    clock.advance(300);
    expect(askedAtMs).toHaveLength(3);
  });

  it('does not ask for what was cancelled, and asks once for two failures at once', () => {
    const { clock, made, fails, askedAtMs } = tries();
    fails();
    made.cancel();
    clock.advance(2000);
    expect(askedAtMs).toEqual([]);
    made.succeeded();
    fails();
    fails();
    clock.advance(2000);
    expect(askedAtMs).toHaveLength(1);
    expect(clock.pendingTimers).toBe(0);
  });
});
