import { Metrics, silentLogger } from '@frontdesk/observability';
import { ManualClock } from '@frontdesk/runtime';
import { publicUrlOf, StreamTokens } from '@frontdesk/telephony';
import { GatewayEvents } from '../events';
import { StreamRegistry } from '../streams/stream-registry';
import { StartWatch } from '../watchdog/start-watch';
import { CallAnnouncer } from './call-announcer';
import { CallAnswers, type CallAnswersOptions } from './call-answers';
import { CallUrls } from './call-urls';

const call = {
  callSid: `CA${'1'.repeat(32)}`,
  accountSid: null,
  direction: 'inbound' as const,
  from: '',
  to: '',
  businessId: null,
  attemptId: null,
  traceparent: '',
};

const key = 'ab'.repeat(32);

/** @param atHand the key of the frames at hand */
const answering = (atHand: string | null = null) => {
  const registry = new StreamRegistry();
  const told: string[] = [];
  const publicUrl = publicUrlOf({ publicUrl: 'https://calls.example.com' });
  const answers = new CallAnswers({
    registry,
    startWatch: new StartWatch(new ManualClock(), 8000, () => undefined),
    urls: new CallUrls({
      tokens: new StreamTokens(['a-secret-of-32-characters-or-more']),
      publicUrl,
      internalUrl: () => 'http://10.0.0.1:3001',
    }),
    announcer: new CallAnnouncer(
      ({ value }) => told.push((value as { type: string }).type),
      () => undefined,
    ),
    events: new GatewayEvents(silentLogger, new Metrics({ withProcessMetrics: false })),
    publicUrl,
    profileOf: () => ({ locale: 'en-US', fallbackPrompt: null, phrases: { 'fallback-prompt': { key } } }),
    frames: { get: (asked: string) => (asked === atHand ? Buffer.alloc(160) : undefined) },
    audioUrls: { of: (asked: string) => `https://calls.example.com/audio/${asked}` },
  } as unknown as CallAnswersOptions);
  const answer = (hasRoom: boolean | Promise<boolean>) =>
    answers.answer(call, () => Promise.resolve(hasRoom));
  return { registry, told, answer };
};

/** An answer that comes when the other one has been acted on. */
const later = (hasRoom: boolean): Promise<boolean> =>
  new Promise((resolve) => setImmediate(() => resolve(hasRoom)));

describe('the answer to the first webhook of a call', () => {
  it('is the agent again when it is fetched again after this call took the last place', async () => {
    const { registry, answer } = answering();
    expect(await answer(true)).toContain('<Stream');
    expect(await answer(false)).toContain('<Stream');
    expect(registry.get(call.callSid)?.phase).toBe('ringing');
  });

  it('is the fallback for a new call without room, also when it is fetched again', async () => {
    const { registry, answer } = answering();
    expect(await answer(false)).toContain('<Record');
    expect(await answer(false)).toContain('<Record');
    expect(await answer(true)).toContain('<Record');
    expect(registry.get(call.callSid)?.phase).toBe('redirecting');
  });

  it('is the fallback for a call that is being redirected, which then needs no second one', async () => {
    const { registry, answer } = answering();
    await answer(true);
    const record = registry.get(call.callSid)!;
    record.phase = 'redirecting';
    expect(await answer(true)).toContain('<Record');
    expect(record.isFallbackFetched).toBe(true);
  });

  it.each([
    ['no room', false, false, '<Record', ['call.incoming', 'call.redirected']],
    ['room, though none is left for the second', true, false, '<Stream', ['call.incoming']],
    [
      'no room, though there is some for the second',
      false,
      true,
      '<Record',
      ['call.incoming', 'call.redirected'],
    ],
  ])(
    'is one and the same, and told of once, for two fetches that ask for room at once: %s',
    async (_case, first, second, verb, events) => {
      const { told, answer } = answering();
      const both = await Promise.all([answer(Promise.resolve(first)), answer(later(second))]);
      expect(both.map((twiml) => twiml.includes(verb))).toEqual([true, true]);
      expect(told).toEqual(events);
    },
  );

  it('plays the fallback prompt where its frames are at hand, and has Twilio say it where they are not', async () => {
    expect(await answering(key).answer(false)).toContain(
      `<Play>https://calls.example.com/audio/${key}</Play>`,
    );
    const twiml = await answering().answer(false);
    expect(twiml).toContain('<Say language="en-US">We are sorry');
    expect(twiml).not.toContain('<Play');
  });
});
