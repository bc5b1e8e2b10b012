import { type CallBook, type Fault, type ScriptStep } from '@frontdesk/test-harness';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall, verbsOf } from './replicated-call';

const number = '+14155550014';

interface Case {
  readonly script: ScriptStep[];
  readonly faults: Fault[];
}

/** Waits for the prompt, leaves a message, and hangs up. */
const leavesMessage: ScriptStep[] = [
  { waitForAgentMs: 1200, timeoutMs: 25_000 },
  { waitForSilenceMs: 600, timeoutMs: 25_000 },
  { say: 'please call me back' },
  { pauseMs: 300 },
  { hangUp: true },
];
const afterGreeting: ScriptStep[] = [{ waitForSilenceMs: 400 }, { pauseMs: 12_000 }, { hangUp: true }];
const rest = (name: string, params: Fault['params'] = {}): Fault => ({
  name,
  count: 1,
  params: { pathContains: '/Calls/', method: 'POST', ...params },
});
const noStream: Fault = { name: 'stream-never-opens' };

/** What must be redirected, once. */
const redirected: Record<string, Case> = {
  'a stream that never opens': { script: leavesMessage, faults: [noStream] },
  'a stream that opens without a start': {
    script: leavesMessage,
    faults: [{ name: 'stream-opens-without-start' }],
  },
  'a stream without any media, marks or pongs': { script: leavesMessage, faults: [{ name: 'media-stalls' }] },
  'media, marks and pongs that stop': {
    script: [{ waitForSilenceMs: 400 }, ...leavesMessage],
    faults: [{ name: 'media-stalls', params: { afterMs: 4000 } }],
  },
  'a REST API that answers 429 first': { script: leavesMessage, faults: [noStream, rest('rest-429')] },
  'a REST API that answers 500 first': { script: leavesMessage, faults: [noStream, rest('rest-500')] },
  'a REST API that carries out and answers late': {
    script: leavesMessage,
    faults: [noStream, rest('rest-slow', { ms: 11_500 })],
  },
};
/** What is healthy, or over. */
const leftAlone: Record<string, Case> = {
  'a caller on mute whose line answers pings': {
    script: afterGreeting,
    faults: [{ name: 'media-stalls', params: { afterMs: 3000, pongs: true } }],
  },
  'a caller on mute from the start': {
    script: afterGreeting,
    faults: [{ name: 'media-stalls', params: { pongs: true, marks: true } }],
  },
  'a line without media for a while': {
    script: [
      { waitForSilenceMs: 400 },
      { gapMs: 5000 },
      { say: 'what time is it' },
      ...afterGreeting.slice(0, 1),
      { hangUp: true },
    ],
    faults: [],
  },
};

describe('the watchdog', () => {
  let world: GatewayWorld;
  const ended = new Map<string, { call: ReplicatedCall; book: CallBook }>();

  beforeAll(async () => {
    const profile = business(number, 'welcome to the test office', { silentCaller: null });
    world = await GatewayWorld.start(
      [profile],
      {
        WATCHDOG_START_TIMEOUT_MS: '3000',
        WATCHDOG_NO_MEDIA_TIMEOUT_MS: '2500',
        WATCHDOG_MEDIA_LOST_MS: '7000',
      },
      { replicas: 2 },
    );
    // All at once: each has its faults for itself.
    await Promise.all(
      Object.entries({ ...redirected, ...leftAlone }).map(async ([name, { script, faults }]) => {
        const call = await ReplicatedCall.ring(world, number, script, faults);
        ended.set(name, { call, book: await call.over() });
      }),
    );
  }, 180_000);
  afterAll(() => world[Symbol.asyncDispose]());

  it.each(Object.keys(redirected))('redirects once: %s', async (name) => {
    const { call, book } = ended.get(name)!;
    const carriedOut = (await call.redirects()).filter(({ status }) => status === null || status < 300);
    const fetches = book.events.filter(
      ({ type, url }) => type === 'webhook' && String(url).includes('/webhook/fallback'),
    );
    // A stream that could not start also ends by itself: then the fallback is the answer to that.
    expect(carriedOut.length).toBeLessThanOrEqual(1);
    expect(fetches.length).toBeLessThanOrEqual(1);
    expect(verbsOf(book).filter((verb) => verb === 'Record')).toHaveLength(1);
    expect(book.recordings).toHaveLength(1);
    expect(world.log(call.callSid, 'WD_REDIRECTED')).toHaveLength(1);
  });

  it.each(Object.keys(leftAlone))('leaves alone: %s', async (name) => {
    const { call, book } = ended.get(name)!;
    expect(await call.redirects()).toEqual([]);
    expect(verbsOf(book)).toEqual(['Connect']);
  });

  it('makes nothing of a call that was over when its redirect came', async () => {
    const call = await ReplicatedCall.ring(
      world,
      number,
      [{ pauseMs: 8000 }, { hangUp: true }],
      [noStream, rest('rest-21220')],
    );
    const book = await call.over();
    expect(await call.redirects()).toHaveLength(1);
    expect(world.log(call.callSid, 'WD_REDIRECTED')).toEqual([]);
    expect(verbsOf(book)).toEqual(['Connect']);
  });
});
