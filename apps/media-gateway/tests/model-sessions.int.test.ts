import { eventually, type SessionBook } from '@frontdesk/test-harness';
import { callOf, type FinishedCall, wholeWordsHeard } from './call-of';
import { business, GatewayWorld } from './gateway-world';

const MAX_MS = 6000;

describe('a call whose model session does not last', () => {
  const number = '+14155550004';
  let world: GatewayWorld;

  beforeAll(async () => {
    world = await GatewayWorld.start([business(number, 'welcome to the test office')], {
      MODEL_SESSION_MAX_MS: String(MAX_MS),
      AGENT_SILENCE_MS: '2500',
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());
  afterEach(() => world.openAi.clearFaults());

  /** Cuts the newest session once it has told of this event. */
  const cutAfter = async (type: string): Promise<void> => {
    const before = new Set((await world.openAi.sessions()).map(({ id }) => id));
    await eventually(async () => {
      const session = (await world.openAi.sessions()).findLast(({ id }) => !before.has(id));
      if (!session?.events.some((event) => event.type === type)) throw new Error(`${type} did not come`);
      await world.openAi.drop(session.id);
    });
  };
  const lossesOf = (log: FinishedCall['log']): Record<string, unknown>[] =>
    log('MODEL_REOPENED').filter(({ reason }) => reason !== 'rotation');
  const said = ({ items }: SessionBook): string[] =>
    items.filter(({ deleted }) => !deleted).map(({ role, text }) => `${role}: ${text}`);

  it('answers what the caller was saying when the socket broke, from its first word', async () => {
    const cut = cutAfter('input_audio_buffer.speech_started');
    const { book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'please tell me what time it is in the city of Rome today' },
      { waitForSilenceMs: 600 },
      { hangUp: true },
    ]);
    await cut;
    expect(lossesOf(log)).toMatchObject([{ reason: 'remote', droppedMs: 0 }]);
    expect(book.heardText).toBe(
      'welcome to the test office you said: please tell me what time it is in the city of Rome today',
    );
    expect(said(sessions[1]!)[0]).toBe('assistant: welcome to the test office');
    expect(sessions[1]!.violations).toEqual([]);
  });

  it('lets what was said of an answer be heard and goes on when the socket breaks in the middle of it', async () => {
    const cut = cutAfter('response.output_audio.delta');
    const { book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { waitForSilenceMs: 1500 },
      { hangUp: true },
    ]);
    await cut;
    expect(lossesOf(log)).toHaveLength(1);
    expect(log('WD_AGENT_SILENT')).toEqual([]);
    // The new session knows the question, by its words or by its audio, and how far the answer came.
    expect(said(sessions[1]!)).toEqual(
      expect.arrayContaining(['assistant: welcome to the test office', 'user: tell me a long story']),
    );
    expect(sessions[1]!.items.some(({ role }) => role === 'system')).toBe(true);
    // The answer is heard whole from the new session; of the first one so many whole words as came before the cut, if any.
    expect(wholeWordsHeard(book).join(' ')).toMatch(
      /^welcome to the test office (once .*)?once upon a time .* late boats$/,
    );
    expect(sessions[1]!.violations).toEqual([]);
  });

  it('changes over to a new session ahead of the limit, and the caller does not notice', async () => {
    const { book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'my name is Ann' },
      { waitForSilenceMs: 400 },
      { pauseMs: MAX_MS },
      { say: 'what time is it' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    expect(log('MODEL_REOPENED').map(({ reason }) => reason)).toContain('rotation');
    expect(book.heardText).toBe(
      'welcome to the test office you said: my name is Ann you said: what time is it',
    );
    expect(sessions.flatMap(({ violations }) => violations)).toEqual([]);
    expect(said(sessions.at(-1)!).slice(0, 3)).toEqual([
      'assistant: welcome to the test office',
      'user: my name is Ann',
      'assistant: you said: my name is Ann',
    ]);
    expect(book.media.violations).toEqual([]);
  });

  it('goes on in a new session when one expires in spite of that', async () => {
    await world.openAi.fault({ name: 'session-expires', count: 1, params: { afterMs: 3000 } });
    const { book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { waitForSilenceMs: 1500 },
      { hangUp: true },
    ]);
    expect(log('MODEL_REOPENED').length).toBeGreaterThanOrEqual(1);
    expect(log('WD_REDIRECTED')).toEqual([]);
    expect(book.heardText).toMatch(/late boats$/);
    expect(sessions.slice(1).flatMap(({ violations }) => violations)).toEqual([]);
  });

  it('is heard and answered although the first session never says a word', async () => {
    await world.openAi.fault({ name: 'mute-session', count: 1 });
    const { book, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'what time is it' },
      { waitForSilenceMs: 3000 },
      { hangUp: true },
    ]);
    expect(book.heardText).toMatch(/^welcome to the test office .*you said: what time is it/);
    expect(log('WD_AGENT_SILENT').at(0)).toMatchObject({ due: 'filler' });
    expect(log('WD_REDIRECTED')).toEqual([]);
  });

  it('goes to the fallback at once where the key is refused', async () => {
    await world.openAi.fault({ name: 'handshake-401' });
    const { sessions, log } = await callOf(world, number, [{ pauseMs: 4000 }, { hangUp: true }]);
    expect(sessions).toEqual([]);
    expect(log('MODEL_LOST')).toMatchObject([{ reason: 'handshake' }]);
    expect(log('WD_REDIRECTED')).toMatchObject([{ reason: 'agent-silent' }]);
  });
});
