import { type ServiceClient } from '@frontdesk/http';
import { type HistoryItem } from '../model/model-link';
import { pastLoader } from './past-loader';

const turn = (speaker: 'caller' | 'agent', heard: string, interrupted = false) => ({
  speaker,
  said: `${heard} and more`,
  heard,
  interrupted,
});

/** @param recorded what recording-service answers */
const loading = (
  recorded: Promise<{ turns: unknown[] }>,
  remembered: Promise<readonly HistoryItem[] | null>,
) => {
  const asked: unknown[] = [];
  const client = {
    call: ({ name }: { name: string }, input: unknown) => {
      asked.push([name, input]);
      return recorded;
    },
  } as unknown as ServiceClient;
  const past = pastLoader(client, () => remembered)('CA1', 'trace');
  return { asked, past };
};

const fromPeer: HistoryItem[] = [{ role: 'agent', text: 'welcome to us' }];
const never = new Promise<never>(() => undefined);

describe('what was said before a stream broke', () => {
  it('is what the replica remembers that had it, and recording-service is not waited for', async () => {
    const { past } = loading(never, Promise.resolve(fromPeer));
    expect(await past).toEqual(fromPeer);
  });

  it.each([
    ['no replica remembers it', Promise.resolve(null)],
    ['one remembers nothing of it', Promise.resolve([])],
  ])('is what was heard by the call log when %s', async (_when, remembered) => {
    const turns = [turn('agent', 'welcome'), turn('caller', ''), turn('agent', 'yes we', true)];
    const { past } = loading(Promise.resolve({ turns }), remembered);
    expect(await past).toEqual([
      { role: 'agent', text: 'welcome', interrupted: false },
      { role: 'agent', text: 'yes we', interrupted: true },
    ]);
  });

  it('is asked of the call log at once, and for no longer than 1.5 s', () => {
    const { asked } = loading(never, never);
    expect(asked).toEqual([
      ['getCallContext', { params: { sid: 'CA1' }, traceparent: 'trace', timeoutMs: 1500 }],
    ]);
  });

  it('is what the call log has when the replicas cannot be asked', async () => {
    const turns = [turn('caller', 'are you open')];
    const { past } = loading(Promise.resolve({ turns }), Promise.reject(new Error('away')));
    expect(await past).toEqual([{ role: 'caller', text: 'are you open', interrupted: false }]);
  });

  it('is nothing when nobody can say, also when the log fails before the replicas answer', async () => {
    const slowPeers = new Promise<null>((resolve) => setImmediate(() => resolve(null)));
    const { past } = loading(Promise.reject(new Error('away')), slowPeers);
    expect(await past).toEqual([]);
  });
});
