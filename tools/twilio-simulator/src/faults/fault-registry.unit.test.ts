import { FaultRegistry } from './fault-registry';

const subject = { callSid: 'CA1', to: '+1555' };

describe('the fault registry', () => {
  it('strikes as often as asked and then no more', () => {
    const faults = new FaultRegistry();
    faults.add({ name: 'socket-cut', count: 2, params: { afterMs: 70 } });
    expect(faults.take('socket-cut', subject)?.number('afterMs', 0)).toBe(70);
    expect(faults.take('socket-cut', subject)).toBeDefined();
    expect(faults.take('socket-cut', subject)).toBeUndefined();
    expect(faults.list()).toMatchObject([{ struck: 2 }]);
  });

  it('strikes only the call and the number it names, and only what it says', () => {
    const faults = new FaultRegistry();
    faults.add({ name: 'media-stalls', callSid: 'CA2' });
    faults.add({ name: 'rest-500', to: '+1666' });
    faults.add({ name: 'wrong-signature', params: { pathContains: '/ws' } });
    expect(faults.take('media-stalls', subject)).toBeUndefined();
    expect(faults.take('rest-500', subject)).toBeUndefined();
    expect(
      faults.take('wrong-signature', subject, (strike) => '/x'.includes(strike.text('pathContains') ?? '')),
    ).toBeUndefined();
    expect(faults.take('media-stalls', { ...subject, callSid: 'CA2' })).toBeDefined();
    expect(faults.take('rest-500', { ...subject, to: '+1666' })).toBeDefined();
  });

  it('forgets everything when it is cleared', () => {
    const faults = new FaultRegistry();
    faults.add({ name: 'rest-429' });
    faults.clear();
    expect(faults.take('rest-429', subject)).toBeUndefined();
  });
});
