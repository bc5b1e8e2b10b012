import { createHmac } from 'node:crypto';
import { StreamTokens } from '@frontdesk/telephony';
import { LOCAL_PUBLIC_URL, SIMULATED_ACCOUNT_SID } from '@frontdesk/test-harness';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall, verbsOf } from './replicated-call';

const number = '+14155550013';
const person = '+14155550199';

describe('the end of a stream, told to another replica than the one that had it', () => {
  let world: GatewayWorld;

  beforeAll(async () => {
    world = await GatewayWorld.start(
      [business(number, 'welcome to the test office', { transferNumber: person })],
      { WATCHDOG_START_TIMEOUT_MS: '3000' },
      { replicas: 2 },
    );
    const [first, second] = world.fleet.replicas;
    for (const path of ['/webhook/incoming_call', '/ws']) await world.router.steer(path, first!.url);
    for (const path of ['/webhook/stream_ended', '/webhook/stream_status', '/webhook/fallback'])
      await world.router.steer(path, second!.url);
    await world.twilio.addCallee({
      number: person,
      responses: [{ kind: 'answer', script: [{ pauseMs: 4000 }, { hangUp: true }] }],
    });
  });
  afterAll(() => world[Symbol.asyncDispose]());
  afterEach(() => world.twilio.clearFaults());

  describe.each(['before', 'after', 'off'] as const)('asked for %s the change', (moment) => {
    beforeAll(() => world.twilio.setSettings({ connectActionOnRedirect: moment }));

    it('does not disturb the fallback', async () => {
      const call = await ReplicatedCall.ring(
        world,
        number,
        [{ waitForAgentMs: 300, timeoutMs: 15_000 }, { pauseMs: 4500 }, { hangUp: true }],
        [{ name: 'stream-never-opens' }],
      );
      const book = await call.over();
      expect(await call.redirects()).toHaveLength(1);
      expect(verbsOf(book).filter((verb) => verb === 'Record')).toHaveLength(1);
      expect(call.decisions().filter((then) => then === 'resume' || then === 'fall-back')).toEqual([]);
    });

    it('does not disturb a transfer', async () => {
      const call = await ReplicatedCall.ring(world, number, [
        { waitForSilenceMs: 400 },
        { say: 'transfer me please' },
        { pauseMs: 14_000 },
        { hangUp: true },
      ]);
      const book = await call.over();
      expect(verbsOf(book)).toContain('Dial');
      expect(call.generations()).toEqual([1]);
      expect(call.decisions().filter((then) => then !== 'hang-up')).toEqual([]);
      expect(await call.redirects()).toEqual([]);
    });
  });

  it('is nothing when the call has ended, by the caller or by the agent', async () => {
    const byCaller = await ReplicatedCall.ring(world, number, [{ waitForSilenceMs: 400 }, { hangUp: true }]);
    const byAgent = await ReplicatedCall.ring(world, number, [{ waitForSilenceMs: 400 }, { say: 'goodbye' }]);
    for (const call of [byCaller, byAgent]) {
      await call.over();
      expect(call.generations()).toEqual([1]);
      expect(call.decisions().filter((then) => then !== 'hang-up')).toEqual([]);
    }
  });

  it('starts the fallback at once for a stream that Twilio could not open, and once', async () => {
    const call = await ReplicatedCall.ring(
      world,
      number,
      [{ waitForAgentMs: 300, timeoutMs: 15_000 }, { pauseMs: 4500 }, { hangUp: true }],
      [{ name: 'wrong-signature', params: { pathContains: '/ws/' } }],
    );
    const book = await call.over();
    expect(world.log(call.callSid, 'WD_NO_STREAM_START')).toEqual([]);
    expect(verbsOf(book).filter((verb) => verb === 'Record')).toHaveLength(1);
    expect(book.heardText.match(/leave word/g)).toHaveLength(1);
  });

  it('reaches the fallback when the redirect fails where the call was watched', async () => {
    await world.router.steer('/webhook/stream_status', world.fleet.replicas[0]!.url);
    const call = await ReplicatedCall.ring(
      world,
      number,
      [{ waitForAgentMs: 300, timeoutMs: 20_000 }, { pauseMs: 4500 }, { hangUp: true }],
      [
        { name: 'wrong-signature', params: { pathContains: '/ws/' } },
        { name: 'rest-500', params: { pathContains: '/Calls/' } },
      ],
    );
    const book = await call.over();
    // Twilio's two requests race: told of the end first, the other replica does not know of the redirect yet.
    const outcomes: Record<string, string[]> = {
      hold: ['Connect', 'Pause', 'Redirect', 'Play', 'Record'],
      'fall-back': ['Connect', 'Play', 'Record'],
    };
    expect(call.decisions()).toHaveLength(1);
    expect(verbsOf(book)).toEqual(outcomes[String(call.decisions()[0])]);
    expect(book.heardText.match(/leave word/g)).toHaveLength(1);
  });

  it('leaves the call to the newer of two streams, wherever they are', async () => {
    const tokens = new StreamTokens([world.secrets.streamTokenSecret]);
    const callSid = `CA${'7'.repeat(32)}`;
    const [first, second] = world.fleet.replicas;
    const open = async (base: string, generation: number) => {
      const path = '/ws/twilio-media';
      const url = `${LOCAL_PUBLIC_URL.replace('https', 'wss')}${path}`;
      const signature = createHmac('sha1', world.secrets.simulatedAuthToken).update(url).digest('base64');
      const socket = new WebSocket(`${base.replace('http', 'ws')}${path}`, {
        headers: { 'X-Twilio-Signature': signature },
      });
      const closed = once(socket, 'close').then(([code]) => code as number);
      await once(socket, 'open');
      const streamSid = `MZ${String(generation).repeat(32)}`;
      const token = tokens.sign(
        { callSid, businessId: null, carrier: 'twilio', generation, iss: first!.url },
        60_000,
      );
      socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0' }));
      socket.send(
        JSON.stringify({
          event: 'start',
          sequenceNumber: '1',
          streamSid,
          start: {
            streamSid,
            accountSid: SIMULATED_ACCOUNT_SID,
            callSid,
            tracks: ['inbound'],
            mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
            customParameters: { call_sid: callSid, business_id: '', token },
          },
        }),
      );
      return { socket, closed };
    };
    const older = await open(first!.url, 1);
    const newer = await open(second!.url, 2);
    await older.closed;
    const late = await open(first!.url, 1);
    expect(await late.closed).toBe(1008);
    expect(newer.socket.readyState).toBe(WebSocket.OPEN);
    expect(first!.log(callSid, 'CALL_ENDED')).toEqual([]);
    newer.socket.close();
    await newer.closed;
  });
});
