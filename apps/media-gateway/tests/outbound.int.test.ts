import { randomUUID } from 'node:crypto';
import { actOnCall } from '@frontdesk/contracts';
import { framesKeyOf } from '@frontdesk/gateway-world';
import { ServiceClient } from '@frontdesk/http';
import {
  eventually,
  LOCAL_PUBLIC_URL,
  type ScriptStep,
  SIMULATED_ACCOUNT_SID,
} from '@frontdesk/test-harness';
import { business, GatewayWorld } from './gateway-world';
import { ReplicatedCall, verbsOf } from './replicated-call';

const number = '+14155550018';
const opening = 'this is the campaign calling';
const talks: ScriptStep[] = [
  { waitForSilenceMs: 400 },
  { say: 'tell me a long story' },
  { pauseMs: 4000 },
  { waitForSilenceMs: 600 },
  { say: 'what time is it' },
  { waitForSilenceMs: 400 },
  { hangUp: true },
];

describe('a call that the dialer placed', () => {
  const profile = business(number, 'welcome to the test office');
  let world: GatewayWorld;
  let client: ServiceClient;
  let callees = 0;

  beforeAll(async () => {
    world = await GatewayWorld.start([profile], {}, { replicas: 2 });
    world.neighbours.turnsOf = () => [];
    world.neighbours.phrases.set(framesKeyOf(opening), opening);
    client = new ServiceClient({
      baseUrl: world.fleet.replicas[1]!.url,
      audience: 'media-gateway',
      subject: 'outbound-dialer',
      secrets: [world.secrets.internalApiToken],
    });
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  /** As the dialer asks Twilio for it. */
  const place = async (script: ScriptStep[]): Promise<ReplicatedCall> => {
    const callee = `+1415555020${++callees}`;
    const attemptId = randomUUID();
    world.neighbours.attempts.set(attemptId, {
      attemptId,
      campaignId: randomUUID(),
      businessId: profile.id,
      locale: null,
      openingText: opening,
      openingKey: framesKeyOf(opening),
      instructions: `Campaign of ${callee}.`,
      number: callee,
    });
    await world.twilio.addCallee({ number: callee, responses: [{ kind: 'answer', script }] });
    const auth = Buffer.from(`${SIMULATED_ACCOUNT_SID}:${world.secrets.simulatedAuthToken}`);
    const response = await fetch(
      `${world.twilio.baseUrl}/2010-04-01/Accounts/${SIMULATED_ACCOUNT_SID}/Calls.json`,
      {
        method: 'POST',
        headers: { Authorization: `Basic ${auth.toString('base64')}` },
        body: new URLSearchParams({
          To: callee,
          From: number,
          Url: `${LOCAL_PUBLIC_URL}/webhook/outbound_call?attempt=${attemptId}`,
        }),
      },
    );
    expect(response.status).toBe(201);
    const { sid } = (await response.json()) as { sid: string };
    return new ReplicatedCall(world, sid);
  };
  const machine = (call: ReplicatedCall, policy: 'hang-up' | 'talk') =>
    client.call(actOnCall, {
      params: { sid: call.callSid },
      body: { action: 'machine-detected', answeredBy: 'machine_start', policy },
    });

  it('is hung up on a machine where the campaign says so', async () => {
    const call = await place([{ waitForSilenceMs: 5000, timeoutMs: 30_000 }, { hangUp: true }]);
    await eventually(() => expect(call.generations()).toEqual([1]));
    expect(await machine(call, 'hang-up')).toEqual({ accepted: true });
    const book = await call.over();
    expect(book.events.some(({ type, by }) => type === 'hangup' && by === 'far-end')).toBe(false);
    await eventually(() =>
      expect(world.log(call.callSid, 'CALL_ENDED')).toMatchObject([{ reason: 'agent-ended' }]),
    );
  });

  it('talks to a machine where the campaign says so, as to anybody', async () => {
    const call = await place([
      { waitForSilenceMs: 400 },
      { say: 'what time is it' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    await eventually(() => expect(call.generations()).toEqual([1]));
    expect(await machine(call, 'talk')).toEqual({ accepted: true });
    const book = await call.over();
    expect(book.heardText).toBe(`${opening} you said: what time is it`);
    expect(verbsOf(book)).toEqual(['Connect']);
  });

  it('goes on at another gateway when the one that has it dies, as the same attempt and without its opening', async () => {
    await world.router.steer('/webhook/outbound_call', world.fleet.replicas[0]!.url);
    await world.router.steer('/ws', world.fleet.replicas[0]!.url);
    const call = await place(talks);
    await call.agentSpeaksAfter(1);
    for (const path of ['/webhook/outbound_call', '/ws']) await world.router.steer(path, null);
    await world.fleet.replicas[0]!.kill();
    const book = await call.over();
    expect(call.generations()).toEqual([1, 2]);
    expect(call.decisions()).toEqual(['resume']);
    expect(book.direction).toBe('outbound-api');
    expect(book.heardText).toMatch(new RegExp(`^${opening} .*one moment.*you said: what time is it$`));
    expect(book.heardText.split(opening)).toHaveLength(2);
    expect(verbsOf(book)).not.toContain('Record');
    // It is the campaign's agent that goes on, not the business's.
    const sessions = (await world.openAi.sessions()).filter(({ items }) => items.length > 0);
    expect(JSON.stringify(sessions.at(-1))).toContain('Campaign of');
  });
});
