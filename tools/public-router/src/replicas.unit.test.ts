import { Replicas } from './replicas';

describe('Replicas', () => {
  it('go round, each request to the next one', () => {
    const replicas = new Replicas(['a', 'b']);
    expect([1, 2, 3].map(() => replicas.candidates('/webhook/x')[0])).toEqual(['a', 'b', 'a']);
  });

  it('leave out who is not ready, unless nobody is', () => {
    const replicas = new Replicas(['a', 'b']);
    replicas.setReady('a', false);
    expect(replicas.candidates('/webhook/x')).toEqual(['b']);
    replicas.setReady('b', false);
    expect(replicas.candidates('/webhook/x').sort()).toEqual(['a', 'b']);
    replicas.setReady('a', true);
    expect(replicas.candidates('/webhook/x')).toEqual(['a']);
  });

  it('send a steered path to its replica first, and to the others when it refuses', () => {
    const replicas = new Replicas(['a', 'b']);
    replicas.steer('/ws', 'b');
    expect(replicas.candidates('/ws/twilio-media')).toEqual(['b', 'a']);
    expect(replicas.candidates('/ws/twilio-media')).toEqual(['b', 'a']);
    replicas.steer('/ws', null);
    expect(replicas.candidates('/ws/twilio-media')[0]).toBe('a');
  });
});
