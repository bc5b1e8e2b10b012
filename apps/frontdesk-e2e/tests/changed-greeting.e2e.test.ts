import { listCallEvents, type BusinessProfile } from '@frontdesk/contracts';
import {
  type CallBook,
  eventually,
  freePort,
  type GatewayReplica,
  RouterControl,
  startConstellation,
  type TestConstellation,
} from '@frontdesk/test-harness';
import { changeGreeting, openBusiness } from '../src/business';

const NUMBER = '+15550100301';
const LONG_GREETING =
  'this is the old greeting and it has so many words that it is still being said when somebody changes it to another';

/** Two gateways, and greetings that change, are lost from memory, or cannot be made. */
describe('greetings over two gateways', () => {
  let system: TestConstellation;
  let router: RouterControl;
  let business: BusinessProfile;

  beforeAll(async () => {
    const controlPort = await freePort();
    system = await startConstellation({
      gateways: { replicas: 2, spares: 1 },
      extraEnv: { 'public-router': { CONTROL_PORT: String(controlPort), READINESS_MS: '200' } },
    });
    router = new RouterControl(`http://127.0.0.1:${controlPort}`);
    business = await openBusiness(system.clients, {
      name: 'Acme',
      number: NUMBER,
      greetingText: LONG_GREETING,
    });
  }, 180_000);
  afterAll(() => system?.[Symbol.asyncDispose](), 60_000);
  afterEach(() => system.clients.openAi.clearFaults());

  const say = (greetingText: string): Promise<void> => changeGreeting(system.clients, business, greetingText);
  /** A call that is handed to this gateway, webhook and stream alike. */
  const ringAt = async ({ url }: GatewayReplica): Promise<string> => {
    for (const path of ['/webhook/incoming_call', '/ws/twilio-media']) await router.steer(path, url);
    return system.clients.twilio.ring({
      from: '+14155550100',
      to: NUMBER,
      script: [{ waitForSilenceMs: 600, timeoutMs: 30_000 }, { hangUp: true }],
    });
  };
  const over = (callSid: string): Promise<CallBook> => system.clients.twilio.callOver(callSid);
  const gateways = (): readonly GatewayReplica[] => system.constellation.fleet.running;
  /** Where the first sound of a call came from, and how long after its start. */
  const firstAudio = (callSid: string) =>
    eventually(async () => {
      const { events } = await system.clients.recording.call(listCallEvents, { params: { sid: callSid } });
      const first = events.find(({ type }) => type === 'call.first-audio');
      if (!first) throw new Error('not told of yet');
      return first.data as { source: string; latencyMs: number };
    }, 20_000);

  it('a call in progress hears its greeting to the end, and one that starts a second after the change has the new one, at each gateway', async () => {
    const [first] = gateways();
    const inProgress = await ringAt(first!);
    await eventually(() => expect(first!.log(inProgress, 'FIRST_AUDIO_SENT')).toHaveLength(1));
    await say('the new greeting');
    const later: string[] = [];
    for (const gateway of gateways()) {
      const callSid = await ringAt(gateway);
      await eventually(() => expect(gateway.log(callSid, 'WS_START')).toHaveLength(1));
      later.push(callSid);
    }
    expect((await over(inProgress)).heardText).toBe(LONG_GREETING);
    for (const callSid of later) expect((await over(callSid)).heardText).toBe('the new greeting');
  });

  it('the first call after a restart of greeting-service and of a gateway has it from the cache', async () => {
    await system.constellation.process('greeting-service')[Symbol.asyncDispose]();
    await system.constellation.restart('greeting-service');
    const gateway = await system.constellation.fleet.add();
    await router.setReplicas(gateways().map(({ url }) => url));
    const callSid = await ringAt(gateway);
    expect((await over(callSid)).heardText).toBe('the new greeting');
    expect(await firstAudio(callSid)).toMatchObject({ source: 'greeting-cached' });
  });

  it('with speech providers down a cached greeting is as ever, and an uncached one is said by the model, soon, and the log says so', async () => {
    await system.clients.openAi.fault({ name: 'speech-500' });
    const [gateway] = gateways();
    const cached = await ringAt(gateway!);
    expect((await over(cached)).heardText).toBe('the new greeting');
    expect(await firstAudio(cached)).toMatchObject({ source: 'greeting-cached' });
    await say('nobody can make this one');
    const uncached = await ringAt(gateway!);
    expect((await over(uncached)).heardText).toBe('nobody can make this one');
    const { source, latencyMs } = await firstAudio(uncached);
    expect(source).toBe('model');
    expect(latencyMs).toBeLessThan(1500);
    expect(gateway!.log(uncached, 'GREETING_FALLBACK')).toHaveLength(1);
  });
});
