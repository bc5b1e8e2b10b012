import { actsOnMissingStart } from './start-missing';

const watched = { generation: 1, url: 'http://b', wasTakenUp: false };

describe('a start watch that ran out', () => {
  it('acts when nobody else knows the call', () => {
    expect(actsOnMissingStart(watched, [])).toBe(true);
  });

  it.each(['live', 'redirecting', 'transferring', 'ending', 'ended'] as const)(
    'does nothing for a call that a peer knows to be %s',
    (phase) => {
      expect(actsOnMissingStart(watched, [{ url: 'http://c', generation: 1, phase }])).toBe(false);
    },
  );

  it('acts for two watches of one webhook once: the first by address', () => {
    expect(actsOnMissingStart(watched, [{ url: 'http://a', generation: 1, phase: 'ringing' }])).toBe(false);
    expect(actsOnMissingStart(watched, [{ url: 'http://c', generation: 1, phase: 'ringing' }])).toBe(true);
  });

  it('is not kept from a second stream by what is known of the first', () => {
    const second = { ...watched, generation: 2 };
    expect(actsOnMissingStart(second, [{ url: 'http://a', generation: 1, phase: 'live' }])).toBe(true);
    expect(actsOnMissingStart(second, [{ url: 'http://a', generation: 1, phase: 'ringing' }])).toBe(true);
    expect(actsOnMissingStart(second, [{ url: 'http://a', generation: 1, phase: 'transferring' }])).toBe(
      true,
    );
  });

  it('believes a peer that had transferred the call before it was taken up by mistake', () => {
    const second = { ...watched, generation: 2, wasTakenUp: true };
    expect(actsOnMissingStart(second, [{ url: 'http://a', generation: 1, phase: 'transferring' }])).toBe(
      false,
    );
    expect(actsOnMissingStart(second, [{ url: 'http://a', generation: 1, phase: 'live' }])).toBe(true);
  });
});
