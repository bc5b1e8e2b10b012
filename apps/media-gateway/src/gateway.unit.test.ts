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
  const startWatch = new StartWatch(new ManualClock(), 8000, () => undefined);
  const record = registry.open(callSid, () => ringing(call, 1));
  return { record, gateway: new Gateway({ registry, startWatch } as unknown as GatewayParts) };
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
});
