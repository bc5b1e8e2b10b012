import { CallEvents } from '@frontdesk/gateway-world';
import { eventually, kafkaBrokers } from '@frontdesk/test-harness';
import { timesHeard } from './call-of';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall, verbsOf } from './replicated-call';

describe('a rollout of two gateways, one after the other', () => {
  const number = '+14155550012';
  let world: GatewayWorld;
  let events: CallEvents;

  beforeAll(async () => {
    world = await GatewayWorld.start(
      [business(number, 'welcome to the test office')],
      { DRAIN_TIMEOUT_MS: '500' },
      { replicas: 2, spares: 2 },
    );
    events = await CallEvents.follow(kafkaBrokers());
    world.neighbours.turnsOf = (callSid) => events.turnsOf(callSid);
  });
  afterAll(async () => {
    await events[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  it('cuts no call and greets nobody again', async () => {
    const rounds = [1, 2, 3, 4, 5, 6].flatMap((round) => [
      { say: `this is round ${round}` },
      { waitForSilenceMs: 700 },
      { pauseMs: 1500 },
    ]);
    const script = [
      { waitForSilenceMs: 400 },
      ...rounds,
      { say: 'the last words' },
      { waitForSilenceMs: 700 },
    ];
    const calls = await Promise.all(
      [1, 2, 3, 4].map(() => ReplicatedCall.ring(world, number, [...script, { hangUp: true }])),
    );
    await eventually(() => {
      for (const call of calls) expect(call.generations()).toEqual([1]);
    });
    for (const old of world.fleet.replicas.slice(0, 2)) {
      await world.fleet.add();
      await world.router.setReplicas(world.fleet.running.map(({ url }) => url));
      expect(await old.terminate()).toBe('exit code 0');
    }
    const books = await Promise.all(calls.map((call) => call.over()));
    for (const [index, book] of books.entries()) {
      const call = calls[index]!;
      expect(book.heardText).toMatch(/you said: the last words$/);
      expect(timesHeard(book, 'welcome', 'test', 'office')).toBe(1);
      expect(verbsOf(book)).not.toContain('Record');
      const generations = call.generations() as number[];
      expect(generations.length).toBeGreaterThanOrEqual(2);
      expect(generations).toEqual(generations.map((_, place) => place + 1));
      expect(new Set(call.decisions().filter((then) => then !== 'hang-up'))).toEqual(new Set(['resume']));
    }
    const remembered = (await world.openAi.sessions()).filter(({ items }) => items.length > 0);
    // Every session after the first of its call begins with what was said before.
    const resumed = remembered.filter(({ items }) => items[0]!.text === 'welcome to the test office');
    expect(resumed.length).toBeGreaterThanOrEqual(calls.length);
    await eventually(() => {
      for (const { callSid } of calls) {
        const all = events.of(callSid);
        expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
        expect(all.filter(({ type }) => type === 'call.ended').at(-1)).toMatchObject({
          data: { reason: 'caller-hung-up' },
        });
      }
    });
  });
});
