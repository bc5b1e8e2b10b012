import { ServiceCallError, type ServiceClient } from '@frontdesk/http';
import { recordingRetry, recordingStarter } from './recording-starter';

const request = { callSid: `CA${'1'.repeat(32)}`, businessId: null, accountSid: 'AC1', traceparent: '' };

/** A recording-service that answers so, one answer a request. */
const service = (answer: (asked: number) => { recordingSid: string } | ServiceCallError) => {
  let asked = 0;
  const call = (): Promise<{ recordingSid: string }> => {
    const given = answer(++asked);
    return given instanceof Error ? Promise.reject(given) : Promise.resolve(given);
  };
  return { client: { call } as unknown as ServiceClient, timesAsked: () => asked };
};
const away = new ServiceCallError('startCallRecording', null, null);

describe('the request to record a call', () => {
  /** As it is, but quicker. */
  const quick = { ...recordingRetry, minMs: 1, maxMs: 1 };

  it('is made until recording-service is back, however long that takes, while the call lasts', async () => {
    const { client, timesAsked } = service((asked) => (asked <= 40 ? away : { recordingSid: 'RE1' }));
    const started = recordingStarter(client, quick)(request, new AbortController().signal);
    await expect(started).resolves.toBe('RE1');
    expect(timesAsked()).toBe(41);
  });

  it('ends with the call', async () => {
    const call = new AbortController();
    const { client, timesAsked } = service((asked) => {
      if (asked === 3) call.abort();
      return away;
    });
    await expect(recordingStarter(client, quick)(request, call.signal)).rejects.toThrow();
    expect(timesAsked()).toBe(3);
  });

  it('is not repeated once it was refused for good', async () => {
    const { client, timesAsked } = service(() => new ServiceCallError('startCallRecording', 409, null));
    await expect(recordingStarter(client)(request, new AbortController().signal)).rejects.toThrow('409');
    expect(timesAsked()).toBe(1);
  });
});
