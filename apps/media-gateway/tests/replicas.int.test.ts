import { CallEvents } from '@frontdesk/gateway-world';
import { eventually, kafkaBrokers } from '@frontdesk/test-harness';
import { timesHeard } from './call-of';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall, tokenIn, verbsOf } from './replicated-call';

describe('a call among several gateways', () => {
  const number = '+14155550011';
  let world: GatewayWorld;
  let events: CallEvents;

  beforeEach(async () => {
    world = await GatewayWorld.start(
      [business(number, 'welcome to the test office')],
      { WATCHDOG_START_TIMEOUT_MS: '2500' },
      { replicas: 2, spares: 2 },
    );
    events = await CallEvents.follow(kafkaBrokers());
    world.neighbours.turnsOf = (callSid) => events.turnsOf(callSid);
  });
  afterEach(async () => {
    await events[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  const [first, second] = [0, 1].map((index) => () => world.fleet.replicas[index]!);
  const webhookAndStreamApart = async (): Promise<void> => {
    await world.router.steer('/webhook/incoming_call', first!().url);
    await world.router.steer('/ws', second!().url);
  };

  it('is watched by one and carried by another', async () => {
    await webhookAndStreamApart();
    const call = await ReplicatedCall.ring(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'what time is it' },
      { waitForSilenceMs: 1500 },
      { hangUp: true },
    ]);
    const book = await call.over();
    expect(book.heardText).toBe('welcome to the test office you said: what time is it');
    expect(second!().log(call.callSid, 'WS_START')).toHaveLength(1);
    expect(world.log(call.callSid, 'WD_NO_STREAM_START')).toEqual([]);
    expect(await call.redirects()).toEqual([]);
    await eventually(() => {
      const ended = events.of(call.callSid).filter(({ type }) => type === 'call.ended');
      expect(ended).toMatchObject([{ data: { generation: 1, reason: 'caller-hung-up' } }]);
    });
  });

  it('gets the same answer when its webhook is fetched twice, by two; one of them acts when no stream comes', async () => {
    const call = await ReplicatedCall.ring(
      world,
      number,
      [{ waitForAgentMs: 300, timeoutMs: 20_000 }, { pauseMs: 5000 }, { hangUp: true }],
      [{ name: 'webhook-duplicated', params: { kind: 'voice-url' } }, { name: 'stream-never-opens' }],
    );
    const book = await call.over();
    const handed = await world.router.handed('/webhook/incoming_call');
    expect(new Set(handed.map(({ replica }) => replica)).size).toBe(2);
    const answers = book.events.filter(
      ({ type, url }) => type === 'webhook' && String(url).includes('incoming_call'),
    );
    expect(answers).toHaveLength(2);
    const [one, other] = answers.map(({ answer }) => tokenIn(answer));
    expect({ ...one, jti: '', iss: '' }).toEqual({ ...other, jti: '', iss: '' });
    expect(one).toMatchObject({ g: 1, c: call.callSid });
    expect(await call.redirects()).toHaveLength(1);
    expect(world.log(call.callSid, 'WD_NO_STREAM_START')).toHaveLength(1);
    expect(verbsOf(book).filter((verb) => verb === 'Record')).toHaveLength(1);
  });

  it('goes on when the one that watched it dies', async () => {
    await webhookAndStreamApart();
    const call = await ReplicatedCall.ring(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'what time is it' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    // Twilio opens the stream once it has the answer, and not before.
    await eventually(async () => expect(await world.router.handed('/ws')).toHaveLength(1));
    await first!().kill();
    const book = await call.over();
    expect(book.heardText).toBe('welcome to the test office you said: what time is it');
    expect(call.generations()).toEqual([1]);
  });

  it('is carried on twice by another, with its conversation and no second greeting, when the one that has it dies', async () => {
    await webhookAndStreamApart();
    const call = await ReplicatedCall.ring(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'tell me a long story' },
      { pauseMs: 4000 },
      { waitForSilenceMs: 600 },
      { say: 'tell me a long story again' },
      { pauseMs: 4000 },
      { waitForSilenceMs: 600 },
      { say: 'what time is it' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    await call.agentSpeaksAfter(1);
    await world.router.steer('/ws', null);
    await world.fleet.holderOf(call.callSid)!.kill();
    await eventually(() => expect(call.generations()).toEqual([1, 2]));
    // Nobody who knew the first stream is left when the second one breaks.
    const third = await world.fleet.add();
    await world.router.setReplicas(world.fleet.running.map(({ url }) => url));
    await call.agentSpeaksAfter(2);
    await first!().kill();
    await eventually(() => expect(call.generations()).toEqual([1, 2, 3]));
    expect(world.fleet.holderOf(call.callSid)).toBe(third);
    const book = await call.over();

    expect(timesHeard(book, 'welcome', 'test', 'office')).toBe(1);
    expect(book.heardText).toMatch(/one moment.*one moment.*you said: what time is it$/);
    const sessions = (await world.openAi.sessions()).filter(({ items }) => items.length > 0);
    const remembered = sessions.at(-1)!.items.map(({ role, text }) => `${role}: ${text}`);
    expect(remembered[0]).toBe('assistant: welcome to the test office');
    expect(remembered[1]).toBe('user: tell me a long story');
    expect(remembered).toContain('user: tell me a long story again');
    await eventually(() => {
      const all = events.of(call.callSid);
      expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
      const resumed = all.filter(({ type }) => type === 'call.resumed');
      expect(resumed.map(({ data }) => data.generation)).toEqual([2, 3]);
      expect(all.filter(({ type }) => type === 'call.ended')).toMatchObject([{ data: { generation: 3 } }]);
    });
  });

  it('is taken up three times after streams that break, and then goes to the fallback', async () => {
    const call = await ReplicatedCall.ring(
      world,
      number,
      [{ waitForSilenceMs: 6000, timeoutMs: 20_000 }, { hangUp: true }],
      [{ name: 'socket-cut', params: { afterMs: 900 } }],
    );
    const book = await call.over();
    expect(call.generations()).toEqual([1, 2, 3, 4]);
    expect(call.decisions()).toEqual(['resume', 'resume', 'resume', 'fall-back']);
    expect(verbsOf(book).filter((verb) => verb === 'Record')).toHaveLength(1);
    expect(book.heardText.match(/leave word/g)).toHaveLength(1);
    expect(await call.redirects()).toEqual([]);
  });
});
