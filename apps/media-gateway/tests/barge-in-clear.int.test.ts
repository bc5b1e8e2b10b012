import { callOf, wholeWordsHeard, wordsRemembered } from './call-of';
import { business, GatewayWorld } from './gateway-world';

describe('a call with BARGE_IN_CLEAR', () => {
  const number = '+14155550005';
  let world: GatewayWorld;

  beforeAll(async () => {
    world = await GatewayWorld.start([business(number, 'welcome to the test office')], {
      BARGE_IN_CLEAR: 'true',
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('clears what Twilio has not played, once an interruption, and remembers what was heard', async () => {
    const { book, sessions, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { waitForAgentMs: 1500 },
      { say: 'stop please' },
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { waitForAgentMs: 900 },
      { say: 'no' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    expect(log('BARGE_IN')).toHaveLength(2);
    expect(book.events.filter(({ type }) => type === 'clear')).toHaveLength(2);
    expect(book.media.violations).toEqual([]);
    expect(sessions[0]!.violations).toEqual([]);
    // What Twilio plays while the clear is on its way decides about one word at each cut.
    const difference = wordsRemembered(sessions[0]!).length - wholeWordsHeard(book).length;
    expect(Math.abs(difference)).toBeLessThanOrEqual(2);
    expect(book.heardText).toMatch(/you said: stop please .*you said: no$/);
    expect(log('TX_METRICS').at(-1)).toMatchObject({ drops: 0, final: true });
  });
});
