import { FaultRegistry, faultSchema } from './fault-registry';

describe('faults', () => {
  it('strike as often as asked, or until they are cleared', () => {
    const faults = new FaultRegistry();
    faults.add({ name: 'speech-500', count: 2 });
    faults.add({ name: 'mute-model' });
    expect([1, 2, 3].map(() => faults.take('speech-500') !== undefined)).toEqual([true, true, false]);
    expect([1, 2, 3].map(() => faults.take('mute-model') !== undefined)).toEqual([true, true, true]);
    faults.clear();
    expect(faults.take('mute-model')).toBeUndefined();
  });

  it('strike only the sessions they name, where they name any', () => {
    const faults = new FaultRegistry();
    faults.add({ name: 'mute-session', contains: 'Luna' });
    expect(faults.take('mute-session')).toBeUndefined();
    expect(faults.take('mute-session', 'You are Rosa.')).toBeUndefined();
    expect(faults.takeNamed('mute-session', 'You are Luna.')).toBeDefined();
    faults.clear();
    faults.add({ name: 'mute-session' });
    expect(faults.takeNamed('mute-session', 'You are Luna.')).toBeUndefined();
    expect(faults.take('mute-session')).toBeDefined();
  });

  it('carry their parameters and refuse names that nothing looks up', () => {
    const faults = new FaultRegistry();
    faults.add({ name: 'transcription-late', params: { ms: 700 } });
    expect(faults.take('transcription-late')?.number('ms', 1)).toBe(700);
    expect(faultSchema.safeParse({ name: 'earthquake' }).success).toBe(false);
  });
});
