import { ManualClock } from '@frontdesk/runtime';
import { streamDeath, type StreamLife } from './media-watch';
import { StartWatch } from './start-watch';

describe('StartWatch', () => {
  it('tells once of a stream that did not start in 8 s, counted from the first of two equal webhooks', () => {
    const clock = new ManualClock();
    const missing: string[] = [];
    const watch = new StartWatch(clock, 8000, (callSid, generation) =>
      missing.push(`${callSid} ${generation}`),
    );
    watch.arm('CA1', 1);
    clock.advance(4000);
    watch.arm('CA1', 1);
    clock.advance(3999);
    expect(missing).toEqual([]);
    clock.advance(20_000);
    expect(missing).toEqual(['CA1 1']);
    expect(watch.size).toBe(0);
  });

  it('is called off by the start of that generation only', () => {
    const clock = new ManualClock();
    const missing: string[] = [];
    const watch = new StartWatch(clock, 8000, (callSid, generation) =>
      missing.push(`${callSid} ${generation}`),
    );
    watch.arm('CA1', 1);
    watch.arm('CA1', 2);
    watch.disarm('CA1', 1);
    clock.advance(8000);
    expect(missing).toEqual(['CA1 2']);
  });
});

describe('streamDeath', () => {
  const times = { noMediaMs: 6000, mediaLostMs: 15_000 };
  const life: StreamLife = {
    startedAtMs: 0,
    lastMediaAtMs: null,
    sincePongMs: 60_000,
    wasMarkEchoed: false,
    wasPingAnswered: false,
  };

  it('is no-media 6 s after a start that nothing followed', () => {
    expect(streamDeath(life, 5999, times)).toBeNull();
    expect(streamDeath(life, 6000, times)).toBe('no-media');
  });

  it('is not no-media for a caller on mute whose line answers a ping or echoes a mark', () => {
    expect(streamDeath({ ...life, wasPingAnswered: true }, 60_000, times)).toBeNull();
    expect(streamDeath({ ...life, wasMarkEchoed: true }, 60_000, times)).toBeNull();
  });

  it('is media-lost after 15 s without media only when pings go unanswered as well', () => {
    const heard = { ...life, lastMediaAtMs: 10_000 };
    expect(streamDeath({ ...heard, sincePongMs: 2000 }, 60_000, times)).toBeNull();
    expect(streamDeath({ ...heard, sincePongMs: 15_000 }, 25_000, times)).toBe('media-lost');
    expect(streamDeath({ ...heard, sincePongMs: 15_000 }, 24_000, times)).toBeNull();
  });
});
