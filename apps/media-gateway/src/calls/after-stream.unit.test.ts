import { afterStream, type StreamKnowledge } from './after-stream';

const knows = (
  phase: StreamKnowledge['phase'],
  generation = 1,
  more: Partial<StreamKnowledge> = {},
): StreamKnowledge => ({ phase, generation, fallbackFetched: false, handedOver: false, ...more });
const first = { generation: 1, resumes: 0 };

describe('after a stream', () => {
  it.each(['ending', 'transferring', 'ended'] as const)(
    'hangs up a call that anybody knows to be %s',
    (phase) => {
      expect(afterStream(first, [knows('live'), knows(phase)])).toEqual({ then: 'hang-up' });
    },
  );

  it('holds a call that is being redirected, and hangs up once the fallback was fetched', () => {
    expect(afterStream(first, [knows('redirecting')])).toEqual({ then: 'hold' });
    const fetched = knows('redirecting', 1, { fallbackFetched: true });
    expect(afterStream(first, [knows('redirecting'), fetched])).toEqual({ then: 'hang-up' });
  });

  it('resumes a live call, and one whose replica is gone, as the next generation', () => {
    const resumed = { then: 'resume', generation: 2, resumes: 1 };
    expect(afterStream(first, [knows('live')])).toEqual(resumed);
    expect(afterStream(first, [])).toEqual(resumed);
    expect(afterStream({ generation: 3, resumes: 1 }, [])).toEqual({
      then: 'resume',
      generation: 4,
      resumes: 2,
    });
  });

  it('sends a call to the fallback whose stream never opened anywhere', () => {
    expect(afterStream(first, [knows('ringing')])).toEqual({ then: 'fall-back', reason: 'stream-error' });
    expect(afterStream({ generation: 2, resumes: 1 }, [knows('ringing', 2)])).toEqual({
      then: 'fall-back',
      reason: 'resume-failed',
    });
  });

  it('resumes when one replica waits for the start that another has seen', () => {
    expect(afterStream(first, [knows('ringing'), knows('live')])).toMatchObject({ then: 'resume' });
  });

  it('answers a repeated request as it answered the first', () => {
    const again = { then: 'repeat', generation: 2, resumes: 1 };
    expect(afterStream(first, [knows('ringing', 2)])).toEqual(again);
    expect(afterStream(first, [knows('live', 2), knows('live', 1)])).toEqual(again);
  });

  it('takes a call up again three times, not four', () => {
    expect(afterStream({ generation: 3, resumes: 2 }, [knows('live', 3)])).toMatchObject({ resumes: 3 });
    expect(afterStream({ generation: 4, resumes: 3 }, [knows('live', 4)])).toEqual({
      then: 'fall-back',
      reason: 'resume-failed',
    });
  });

  it('does not count a hand-over as a break', () => {
    const handed = knows('live', 4, { handedOver: true });
    expect(afterStream({ generation: 4, resumes: 3 }, [handed])).toEqual({
      then: 'resume',
      generation: 5,
      resumes: 3,
    });
  });

  it('forgets a transfer that the call came back from', () => {
    const old = knows('transferring', 1);
    expect(afterStream({ generation: 2, resumes: 0 }, [old, knows('live', 2)])).toMatchObject({
      then: 'resume',
      generation: 3,
    });
  });

  it('goes by what is known where the URL says nothing', () => {
    expect(afterStream(null, [knows('live', 2)])).toEqual({ then: 'resume', generation: 3, resumes: 2 });
    expect(afterStream(null, [])).toEqual({ then: 'resume', generation: 2, resumes: 1 });
  });
});
