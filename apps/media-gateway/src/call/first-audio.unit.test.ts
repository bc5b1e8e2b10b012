import { Metrics, silentLogger } from '@frontdesk/observability';
import { ManualClock } from '@frontdesk/runtime';
import { FirstAudio } from './first-audio';
import { type RecordingStarter } from './recording-starter';
import { CallEventPublisher } from '../events/call-event-publisher';
import { GatewayEvents } from '../events';

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

const first = (startRecording: RecordingStarter, generation = 1) => {
  const clock = new ManualClock();
  const published: string[] = [];
  const ended = new AbortController();
  const events = new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false }));
  const notStarted = jest.spyOn(events, 'recordingNotStarted');
  const call = { callSid: 'CA1', businessId: null, accountSid: 'AC1', traceparent: null };
  const made = new FirstAudio({
    clock,
    generation,
    record: { callSid: 'CA1', traceparent: '' },
    businessId: null,
    accountSid: 'AC1',
    startRecording,
    events,
    publisher: new CallEventPublisher(
      call,
      1,
      ({ value }) => published.push((value as { type: string }).type),
      () => 0,
    ),
    ended: ended.signal,
  });
  return { made, clock, published, ended, notStarted };
};

describe('FirstAudio', () => {
  it('does nothing in the send itself; afterwards it is told, and the recording is asked for', async () => {
    const { made, published } = first(() => Promise.resolve('RE1'));
    made.sent(12, 'greeting-cached');
    expect(published).toEqual([]);
    await settled();
    expect(published).toEqual(['call.first-audio', 'call.recording-started']);
  });

  it('asks 4 s later in a call that is taken up again, and not in one that has ended by then', async () => {
    const [going, over] = [0, 1].map(() => first(() => Promise.resolve('RE1'), 2));
    for (const { made } of [going!, over!]) made.sent(12, 'phrase');
    await settled();
    going!.clock.advance(3999);
    await settled();
    expect(going!.published).toEqual(['call.first-audio']);
    going!.clock.advance(1);
    await settled();
    expect(going!.published).toEqual(['call.first-audio', 'call.recording-started']);
    over!.ended.abort();
    expect(over!.clock.pendingTimers).toBe(0);
  });

  it('tells of a recording that was refused, and not of one that the end of the call overtook', async () => {
    const refused = first(() => Promise.reject(new Error('no')));
    refused.made.sent(12, 'model');
    await settled();
    expect(refused.notStarted).toHaveBeenCalledTimes(1);
    const overtaken = first(() => Promise.reject(new Error('aborted')));
    overtaken.made.sent(12, 'model');
    overtaken.ended.abort();
    await settled();
    expect(overtaken.notStarted).not.toHaveBeenCalled();
  });
});
