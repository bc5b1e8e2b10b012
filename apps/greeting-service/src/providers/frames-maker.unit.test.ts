import { Metrics, silentLogger } from '@frontdesk/observability';
import { SpeechError } from '@frontdesk/speech';
import { type FramesRequest } from '../cache/frames';
import { GreetingEvents } from '../events';
import { openAiVoices } from '../voices/voices';
import { FramesMaker } from './frames-maker';

const request: FramesRequest = {
  key: 'k',
  pool: 'greeting',
  businessId: 'b',
  locale: 'en-US',
  voice: 'alloy',
  text: 'Hello there',
};
const making = () => ({ signal: new AbortController().signal });
const second = Int16Array.from({ length: 24_000 }, (_, i) => Math.round(8000 * Math.sin(i / 5)));

/** A provider that speaks, or fails as told. */
const provider = (name: string) => {
  const state: { failure: Error | null; asked: number } = { failure: null, asked: 0 };
  const synthesizer = {
    provider: name,
    model: `${name}-1`,
    sampleRate: 24_000,
    async *synthesize() {
      state.asked += 1;
      if (state.failure) throw state.failure;
      yield await Promise.resolve(second);
    },
  };
  return { state, synthesizer, voices: openAiVoices };
};
const down = (): Error => new SpeechError('retryable', 'nobody there');

describe('several providers', () => {
  const setUp = () => {
    const logged: [string, unknown][] = [];
    const keep = (event: string, fields?: Record<string, unknown>): void =>
      void logged.push([event, fields?.state ?? fields?.provider]);
    const logger = { ...silentLogger, info: keep, warn: keep };
    const [first, other] = [provider('first'), provider('other')];
    const events = new GreetingEvents(logger, new Metrics({ withProcessMetrics: false }));
    return { first, other, logged, maker: new FramesMaker([first, other], events, 'alloy') };
  };

  it('are asked in their order, and it is told who spoke', async () => {
    const { first, other, maker, logged } = setUp();
    expect(await maker.make(request, making())).toMatchObject({ provider: 'first', model: 'first-1' });
    first.state.failure = down();
    expect(await maker.make(request, making())).toMatchObject({ provider: 'other', model: 'other-1' });
    expect(logged).toEqual([
      ['GREETING_SYNTH', 'first'],
      ['GREETING_SYNTH_FAILED', 'first'],
      ['GREETING_SYNTH', 'other'],
    ]);
    other.state.failure = down();
    await expect(maker.make(request, making())).rejects.toThrow('nobody there');
  });

  it('one that failed five times in a row is left alone for ten seconds, then tried once, and asked again when it speaks', async () => {
    const { first, maker, logged } = setUp();
    first.state.failure = down();
    for (let n = 0; n < 7; n++) await maker.make(request, making());
    expect(first.state.asked).toBe(5);
    expect(maker.states).toMatchObject([
      { state: 'open', served: 0, failed: 5 },
      { state: 'closed', served: 7, failed: 0 },
    ]);
    const now = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 10_001);
    try {
      await maker.make(request, making());
      expect([first.state.asked, maker.states[0]?.state]).toEqual([6, 'open']);
      now.mockReturnValue(Date.now() + 10_001);
      first.state.failure = null;
      expect(await maker.make(request, making())).toMatchObject({ provider: 'first' });
      expect(maker.states[0]?.state).toBe('closed');
    } finally {
      now.mockRestore();
    }
    expect(logged.filter(([event]) => event === 'GREETING_PROVIDER_STATE').map(([, state]) => state)).toEqual(
      ['open', 'half-open', 'open', 'half-open', 'closed'],
    );
  });

  it('one that refuses a text is not taken for one that is down', async () => {
    const { first, maker } = setUp();
    first.state.failure = new SpeechError('rejected', 'no such voice', { status: 400 });
    for (let n = 0; n < 7; n++) await maker.make(request, making());
    expect([first.state.asked, maker.states[0]]).toMatchObject([7, { state: 'closed', failed: 0 }]);
  });

  it('are not asked for a text without words, nor for a caller who has gone', async () => {
    const { first, other, maker } = setUp();
    await expect(maker.make({ ...request, text: '...' }, making())).rejects.toThrow('nothing that can be');
    const gone = AbortSignal.abort(new Error('gone'));
    await expect(maker.make(request, { signal: gone })).rejects.toThrow('gone');
    expect([first.state.asked, other.state.asked]).toEqual([0, 0]);
  });
});
