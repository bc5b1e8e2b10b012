import { eventually } from '@frontdesk/test-harness';
import { callOf, wholeWordsHeard, wordsRemembered } from './call-of';
import { business, GatewayWorld } from './gateway-world';

describe('an inbound call', () => {
  const number = '+14155550001';
  const uncached = '+14155550002';
  let world: GatewayWorld;

  beforeAll(async () => {
    world = await GatewayWorld.start([
      business(number, 'welcome to the test office'),
      business(uncached, 'not synthesized welcome'),
    ]);
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('is greeted at once, answered, interrupted after the answer was generated, and recorded', async () => {
    const { callSid, book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'what time is it' },
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { waitForAgentMs: 1500 },
      { say: 'stop please' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    expect(book.media.violations).toEqual([]);
    expect(book.media.underruns).toBe(0);
    expect(book.media.startToFirstMediaMs).toBeLessThan(500);
    expect(book.heardText).toMatch(
      /^welcome to the test office you said: what time is it once upon .*you said: stop please$/,
    );
    expect(sessions).toHaveLength(1);
    expect(sessions[0]!.violations).toEqual([]);
    expect(wordsRemembered(sessions[0]!)).toEqual(wholeWordsHeard(book));
    expect(log('BARGE_IN')).toHaveLength(1);
    // Told once the last transcripts are there, or were waited for.
    await eventually(() => expect(log('CALL_ENDED')).toMatchObject([{ reason: 'caller-hung-up' }]));
    expect(log('TX_METRICS').at(-1)).toMatchObject({ drops: 0, final: true });
    expect(world.recordingsAsked.filter((asked) => asked.callSid === callSid)).toHaveLength(1);
  });

  it('cancels a response that is still generated exactly once, and the history is what was heard', async () => {
    const { book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { waitForAgentMs: 20 },
      { say: 'wait' },
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { waitForAgentMs: 900 },
      { say: 'no' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    const types = sessions[0]!.events
      .filter(({ direction }) => direction === 'client')
      .map(({ type }) => type);
    expect(types.filter((type) => type === 'response.create')).toHaveLength(4);
    expect(types.filter((type) => type === 'response.cancel').length).toBeLessThanOrEqual(2);
    expect(sessions[0]!.violations).toEqual([]);
    expect(wordsRemembered(sessions[0]!)).toEqual(wholeWordsHeard(book));
    expect(log('BARGE_IN')).toHaveLength(2);
  });

  it('lets the model speak a greeting that nobody synthesized', async () => {
    const { book, log } = await callOf(world, uncached, [{ waitForSilenceMs: 400 }, { hangUp: true }]);
    expect(book.heardText).toBe('not synthesized welcome');
    expect(log('GREETING_FALLBACK')).toHaveLength(1);
    expect(log('GREETING_COMPLETED')).toMatchObject([{ complete: true }]);
  });

  it('stops the greeting for a caller who speaks over it, and answers', async () => {
    const { book, sessions, log } = await callOf(world, number, [
      { waitForAgentMs: 700 },
      { say: 'what time is it' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    expect(log('GREETING_COMPLETED')).toMatchObject([{ complete: false }]);
    expect(book.heardText).toMatch(/you said: what time is it$/);
    expect(book.heardText).not.toContain('office');
    expect(sessions[0]!.items.find(({ id }) => id === 'greeting')).toMatchObject({ deleted: true });
    expect(sessions[0]!.violations).toEqual([]);
  });

  it('is ended by the agent only after the goodbye was heard', async () => {
    const { book, log } = await callOf(world, number, [{ waitForSilenceMs: 400 }, { say: 'goodbye' }]);
    expect(book.status).toBe('completed');
    expect(book.heardText).toBe('welcome to the test office done');
    await eventually(() => expect(log('CALL_ENDED')).toMatchObject([{ reason: 'agent-ended' }]));
  });
});
