import { eventually } from '@frontdesk/test-harness';
import { callOf } from './call-of';
import { business, GatewayWorld, pastTurn } from './gateway-world';

interface RestEntry {
  readonly method: string;
  readonly path: string;
  readonly params: Record<string, unknown>;
}

describe('a call that something goes wrong with', () => {
  const number = '+14155550003';
  let world: GatewayWorld;

  beforeAll(async () => {
    world = await GatewayWorld.start([business(number, 'welcome to the test office')], {
      WATCHDOG_START_TIMEOUT_MS: '1500',
      WATCHDOG_NO_MEDIA_TIMEOUT_MS: '1500',
      AGENT_SILENCE_MS: '1800',
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());
  afterEach(async () => {
    await world.openAi.clearFaults();
    await world.twilio.clearFaults();
  });

  const redirects = async (callSid: string): Promise<number> => {
    const { requests } = await world.twilio.restLog<{ requests: RestEntry[] }>();
    return requests.filter(
      ({ path, params }) => path.includes(callSid) && String(params.Url).includes('/webhook/fallback'),
    ).length;
  };
  const verbs = (book: { events: { type: string; name?: unknown }[] }): unknown[] =>
    book.events.filter(({ type }) => type === 'verb').map(({ name }) => name);

  it('goes to the fallback once when its stream never opens', async () => {
    const { callSid, book, log } = await callOf(
      world,
      number,
      [
        { waitForAgentMs: 300, timeoutMs: 10_000 },
        { pauseMs: 4000 },
        { say: 'please call me back' },
        { pauseMs: 300 },
        { hangUp: true },
      ],
      [{ name: 'stream-never-opens' }],
    );
    expect(log('WD_NO_STREAM_START')).toHaveLength(1);
    expect(await redirects(callSid)).toBe(1);
    expect(verbs(book)).toEqual(expect.arrayContaining(['Play', 'Record']));
    // In the business's own voice.
    expect(book.heardText).toBe('leave word');
    expect(book.recordings).toHaveLength(1);
  });

  it('goes to the fallback when the model never speaks', async () => {
    await world.openAi.fault({ name: 'mute-model' });
    const { callSid, book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'what time is it' },
      { pauseMs: 9500 },
      { hangUp: true },
    ]);
    expect(book.heardText).toContain('welcome to the test office let me see');
    expect(log('WD_AGENT_SILENT').map(({ due }) => due)).toEqual(['filler', 'new-session', 'fallback']);
    expect(log('MODEL_REOPENED')).toMatchObject([{ reason: 'agent-silent' }]);
    expect(sessions).toHaveLength(2);
    expect(await redirects(callSid)).toBe(1);
    await eventually(() => expect(log('CALL_ENDED')).toMatchObject([{ reason: 'redirected' }]));
  });

  it('goes on after the model’s socket breaks', async () => {
    await world.openAi.fault({ name: 'socket-drop', count: 1, params: { afterMs: 6000 } });
    const { book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { pauseMs: 4500 },
      { say: 'what time is it' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    expect(log('MODEL_REOPENED')).toHaveLength(1);
    expect(sessions).toHaveLength(2);
    expect(book.heardText).toMatch(/you said: /);
  });

  it('is taken up again, not greeted again, when its stream breaks', async () => {
    const { book, sessions, log } = await callOf(
      world,
      number,
      [
        { waitForSilenceMs: 400 },
        { pauseMs: 2500 },
        { say: 'what time is it' },
        { waitForSilenceMs: 400 },
        { hangUp: true },
      ],
      [{ name: 'socket-cut', count: 1, params: { afterMs: 4000 } }],
    );
    expect(log('WS_START').map(({ generation }) => generation)).toEqual([1, 2]);
    expect(book.heardText).toMatch(/^welcome to the test office one moment you said: what time is it/);
    expect(sessions[1]!.items[0]).toMatchObject({ role: 'assistant', text: pastTurn.said });
    expect(log('WD_REDIRECTED')).toEqual([]);
  });
});
