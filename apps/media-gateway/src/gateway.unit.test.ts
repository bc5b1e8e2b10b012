import { ManualClock } from '@frontdesk/runtime';
import { ringing } from './calls/announced-call';
import { Gateway, type GatewayParts } from './gateway';
import { StreamRegistry } from './streams/stream-registry';
import { StartWatch } from './watchdog/start-watch';

const callSid = `CA${'1'.repeat(32)}`;
const streamSid = (name: string): string => `MZ${name.repeat(32)}`;
const call = {
  callSid,
  accountSid: null,
  direction: 'inbound' as const,
  from: '',
  to: '',
  businessId: null,
  attemptId: null,
  traceparent: '',
};

/** A gateway that waits for the first stream of one call. */
const gateway = () => {
  const registry = new StreamRegistry();
  const clock = new ManualClock();
  const startWatch = new StartWatch(clock, 8000, () => undefined);
  const record = registry.open(callSid, () => ringing(call, 1));
  const answers: { url: string; generation: number; phase: string }[][] = [];
  const redirect = jest.fn(() => Promise.resolve());
  const parts = {
    clock,
    registry,
    startWatch,
    peers: { areConfigured: true, ask: () => Promise.resolve(answers.shift() ?? []) },
    redirector: { redirect },
    events: { ofCall: () => ({ watchdog: () => undefined }) },
    internalUrl: () => 'http://b',
  };
  return { clock, record, answers, redirect, gateway: new Gateway(parts as unknown as GatewayParts) };
};

describe('a stream reported to have started elsewhere', () => {
  const use = { jti: 'a', generation: 1, streamSid: streamSid('1') };

  it('may be reported twice; only another stream with the same token is refused', () => {
    const { gateway: issuer } = gateway();
    expect(issuer.startedElsewhere(callSid, use)).toBe(true);
    expect(issuer.startedElsewhere(callSid, use)).toBe(true);
    expect(issuer.startedElsewhere(callSid, { ...use, streamSid: streamSid('2') })).toBe(false);
  });

  it('is not alive again by a report that comes after the end of the call', () => {
    const { gateway: issuer, record } = gateway();
    issuer.startedElsewhere(callSid, use);
    record.phase = 'ended';
    expect(issuer.startedElsewhere(callSid, use)).toBe(true);
    expect(record.phase).toBe('ended');
  });

  it('is not alive again by a first report that was lost until the call was over; by a newer stream it is', () => {
    const { gateway: issuer, record } = gateway();
    record.phase = 'ended';
    expect(issuer.startedElsewhere(callSid, use)).toBe(true);
    expect(record.phase).toBe('ended');
    expect(issuer.startedElsewhere(callSid, { ...use, jti: 'b', generation: 2 })).toBe(true);
    expect(record.phase).toBe('live');
  });
});

describe('a start watch that ran out', () => {
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const live = { url: 'http://c', generation: 1, phase: 'live' };

  it.each([
    ['has the stream after all', [[], [live]], 0],
    ['does not know the call', [[], []], 1],
  ])('asks again before it acts, in case a slow peer %s', async (_case, replies, redirects) => {
    const { gateway: watching, clock, answers, redirect } = gateway();
    answers.push(...replies);
    const done = watching.startMissing(callSid, 1);
    await settled();
    expect([redirect.mock.calls.length, watching.awaitedStarts]).toEqual([0, 1]);
    clock.advance(1000);
    await done;
    expect(redirect).toHaveBeenCalledTimes(redirects);
    expect(watching.awaitedStarts).toBe(0);
  });
});
