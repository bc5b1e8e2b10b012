import { ManualClock } from '@frontdesk/runtime';
import { GreetingProtection } from './greeting-protection';

const protection = () => {
  const clock = new ManualClock();
  const line = { quietMs: 0, isCallerSpeaking: true };
  const log: string[] = [];
  const made = new GreetingProtection({
    clock,
    lineQuietMs: () => line.quietMs,
    windowOver: () => {
      log.push('over');
      return line.isCallerSpeaking;
    },
    goesOn: () => log.push('goes on'),
  });
  return { clock, line, log, made };
};

describe('GreetingProtection', () => {
  it('tells of a caller who goes on past the window, at its end', () => {
    const { clock, log, made } = protection();
    made.begin(500);
    clock.advance(499);
    expect(log).toEqual([]);
    clock.advance(1);
    expect(log).toEqual(['over', 'goes on']);
  });

  it('waits 50 ms at a time for a caller who seems to have stopped, until it is known', () => {
    const { clock, line, log, made } = protection();
    line.quietMs = 150;
    made.begin(500);
    clock.advance(550);
    expect(log).toEqual(['over', 'over']);
    line.isCallerSpeaking = false;
    clock.advance(1000);
    expect(log).toEqual(['over', 'over', 'over']);
    expect(clock.pendingTimers).toBe(0);
  });

  it('ends without a word when it is cancelled', () => {
    const { clock, log, made } = protection();
    made.begin(500);
    made.cancel();
    clock.advance(1000);
    expect(log).toEqual([]);
  });
});
