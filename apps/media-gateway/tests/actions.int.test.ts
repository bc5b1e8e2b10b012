import { actOnCall } from '@frontdesk/contracts';
import { CallEvents } from '@frontdesk/gateway-world';
import { ServiceClient } from '@frontdesk/http';
import { eventually, kafkaBrokers } from '@frontdesk/test-harness';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall } from './replicated-call';

const number = '+14155550016';

describe('an action on a call, asked of a gateway that does not have it', () => {
  let world: GatewayWorld;
  let events: CallEvents;
  let client: ServiceClient;

  beforeAll(async () => {
    world = await GatewayWorld.start([business(number, 'welcome to the test office')], {}, { replicas: 2 });
    events = await CallEvents.follow(kafkaBrokers());
    const [first, second] = world.fleet.replicas;
    await world.router.steer('/ws', first!.url);
    client = new ServiceClient({
      baseUrl: second!.url,
      audience: 'media-gateway',
      subject: 'outbound-dialer',
      secrets: [world.secrets.internalApiToken],
    });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await events[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  it('leaves a machine the opening as a message, whole and once, whatever the machine says, and ends the call', async () => {
    const call = await ReplicatedCall.ring(world, number, [
      { waitForAgentMs: 900 },
      { say: 'please leave your message after the tone' },
      { waitForAgentMs: 900 },
      { say: 'beep' },
      { pauseMs: 15_000 },
      { hangUp: true },
    ]);
    await eventually(async () => {
      const { said } = await call.book();
      expect(said).toHaveLength(1);
    });
    const machine = { action: 'machine-detected', answeredBy: 'machine_end_beep' } as const;
    const input = { params: { sid: call.callSid }, body: machine };
    expect(await client.call(actOnCall, input)).toEqual({ accepted: true });
    expect(await client.call(actOnCall, input)).toEqual({ accepted: true });
    const book = await call.over();
    expect(book.heardText).toMatch(/welcome to the test office$/);
    await eventually(() =>
      expect(world.log(call.callSid, 'CALL_ENDED')).toMatchObject([{ reason: 'agent-ended' }]),
    );
    await eventually(() => {
      const left = events.of(call.callSid).filter(({ type }) => type === 'call.message-left');
      expect(left).toHaveLength(1);
    });
  });

  it('hangs up', async () => {
    const call = await ReplicatedCall.ring(world, number, [{ pauseMs: 30_000 }, { hangUp: true }]);
    await eventually(() => expect(call.generations()).toEqual([1]));
    await client.call(actOnCall, { params: { sid: call.callSid }, body: { action: 'hang-up' } });
    await call.over();
    await eventually(() =>
      expect(world.log(call.callSid, 'CALL_ENDED')).toMatchObject([{ reason: 'agent-ended' }]),
    );
  });
});
