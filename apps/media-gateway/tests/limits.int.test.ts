import { listLiveCalls } from '@frontdesk/contracts';
import { ServiceClient } from '@frontdesk/http';
import { eventually } from '@frontdesk/test-harness';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall, verbsOf } from './replicated-call';

const number = '+14155550015';
const talks = [
  { waitForSilenceMs: 400 },
  { say: 'what time is it' },
  { waitForSilenceMs: 400 },
  { pauseMs: 9000 },
  { hangUp: true as const },
];
const leaves = [{ waitForAgentMs: 300, timeoutMs: 15_000 }, { pauseMs: 2500 }, { hangUp: true as const }];

describe('gateways that take one call each', () => {
  let world: GatewayWorld;

  beforeAll(async () => {
    world = await GatewayWorld.start(
      [business(number, 'welcome to the test office')],
      { MAX_CALLS: '1' },
      { replicas: 2 },
    );
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('are not ready when full; the next call goes to the other, the third to the fallback, and none breaks', async () => {
    const isReady = async (index: number): Promise<boolean> =>
      (await fetch(`${world.fleet.replicas[index]!.url}/readyz`)).ok;
    const carriedBy = (index: number, { callSid }: ReplicatedCall): Promise<unknown> =>
      eventually(() => expect(world.fleet.replicas[index]!.log(callSid, 'WS_START')).toHaveLength(1));
    const [first, second] = [0, 1].map((index) => world.fleet.replicas[index]!.url);
    await world.router.steer('/ws', first!);
    const one = await ReplicatedCall.ring(world, number, talks);
    await carriedBy(0, one);
    // The other may have answered the webhook, and is ready again once it knows that the stream has started.
    await eventually(async () => expect([await isReady(0), await isReady(1)]).toEqual([false, true]));
    // The webhook still comes to the full one: it answers for the other.
    await world.router.steer('/webhook/incoming_call', first!);
    await world.router.steer('/ws', second!);
    const two = await ReplicatedCall.ring(world, number, talks);
    await carriedBy(1, two);
    await eventually(async () => expect([await isReady(0), await isReady(1)]).toEqual([false, false]));
    const three = await ReplicatedCall.ring(world, number, leaves);
    const [bookOne, bookTwo, bookThree] = await Promise.all([one.over(), two.over(), three.over()]);
    for (const book of [bookOne, bookTwo]) {
      expect(book.heardText).toMatch(/you said: what time is it$/);
      expect(verbsOf(book)).toEqual(['Connect']);
    }
    expect(verbsOf(bookThree)).toEqual(['Play', 'Record']);
    expect(world.log(three.callSid, 'WD_REDIRECTED')).toMatchObject([{ reason: 'overload' }]);
    await eventually(async () => expect([await isReady(0), await isReady(1)]).toEqual([true, true]));
  });

  it('are watched as one, by anybody: who speaks, for how long, what was said last', async () => {
    await world.router.steer('/webhook/incoming_call', null);
    const { internalApiToken } = world.secrets;
    const [first, second] = world.fleet.replicas;
    await world.router.steer('/ws', second!.url);
    await using client = new ServiceClient({
      baseUrl: first!.url,
      audience: 'media-gateway',
      subject: 'console',
      secrets: [internalApiToken],
    });
    const call = await ReplicatedCall.ring(world, number, talks);
    const live = await eventually(async () => {
      const { calls } = await client.call(listLiveCalls, {});
      const found = calls.find(({ callSid }) => callSid === call.callSid);
      if (!found || found.lastWords === '') throw new Error('nothing was said yet');
      return found;
    });
    expect(live).toMatchObject({ phase: 'live', generation: 1, direction: 'inbound' });
    expect(live.durationMs).toBeGreaterThan(1000);
    expect((await client.call(listLiveCalls, { query: { scope: 'replica' } })).calls).toEqual([]);
    await call.over();
  });
});

describe('a gateway whose neighbours are all down', () => {
  it('answers a call that it knows the business of', async () => {
    await using world = await GatewayWorld.start([business(number, 'welcome to the test office')], {
      KAFKA_BROKERS: '127.0.0.1:1',
    });
    await world.greeting[Symbol.asyncDispose]();
    await world.recording[Symbol.asyncDispose]();
    const call = await ReplicatedCall.ring(world, number, [...talks.slice(0, 3), { hangUp: true }]);
    const book = await call.over();
    expect(book.heardText).toMatch(/you said: what time is it$/);
    expect(verbsOf(book)).toEqual(['Connect']);
    // Asked to end it would wait, bounded, for Kafka to take its events.
    await world.fleet.replicas[0]!.kill();
  });
});
