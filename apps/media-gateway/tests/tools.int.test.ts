import { createHmac, randomUUID } from 'node:crypto';
import { CallEvents, framesKeyOf } from '@frontdesk/gateway-world';
import {
  eventually,
  kafkaBrokers,
  LOCAL_PUBLIC_URL,
  type ScriptStep,
  SIMULATED_ACCOUNT_SID,
} from '@frontdesk/test-harness';
import { callOf } from './call-of';
import { business, GatewayWorld } from './gateway-world';
import { ToolServer } from './tool-server';

const secret = 'a-secret-for-tools-of-32-characters';
const number = '+14155550011';

describe('what the agent can do', () => {
  let world: GatewayWorld;
  let server: ToolServer;
  let events: CallEvents;
  const tool = (name: string, url: string, timeoutMs = 8000) => ({
    name,
    description: name,
    url,
    parameters: {
      type: 'object',
      properties: { people: { type: 'integer', minimum: 1 } },
      required: ['people'],
    },
    timeoutMs,
  });
  const profile = business(number, 'welcome', {
    optOutKey: '9',
    tools: [
      tool('book', 'https://crm.example/book'),
      tool('slow', 'https://crm.example/slow'),
      tool('broken', 'https://crm.example/broken'),
      tool('away', 'https://crm.example/away', 2000),
      tool('inside', 'https://127.0.0.1:9/metadata'),
      tool('named', 'https://localhost:9/metadata'),
    ],
  });

  beforeAll(async () => {
    server = await ToolServer.start();
    world = await GatewayWorld.start([profile], {
      TOOL_SIGNING_SECRET: secret,
      TOOL_ROUTES: `crm.example=${server.url}`,
    });
    events = await CallEvents.follow(kafkaBrokers());
    const calls = (name: string, given: object = { people: 2 }) => ({
      match: `^use ${name}$`,
      tool: { name, arguments: { ...given } },
    });
    await world.openAi.setBrain([
      { match: '"table":4', say: 'table four' },
      { match: 'has the message|called again', say: 'noted' },
      { match: '"ok":false', say: 'not done' },
      ...['book', 'slow', 'broken', 'away', 'inside', 'named'].map((name) => calls(name)),
      { match: '^use it wrongly$', tool: { name: 'book', arguments: { people: 0 } } },
      { match: '^press keys$', tool: { name: 'send_dtmf', arguments: { digits: '12#' } } },
      {
        match: '^tell them$',
        tool: { name: 'take_message', arguments: { name: 'Dana', number: '0501234567', message: 'call me' } },
      },
      { match: '^stop calling$', tool: { name: 'opt_out', arguments: {} } },
    ]);
  });
  afterAll(async () => {
    await events[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const asking = (words: string): ScriptStep[] => [
    { waitForSilenceMs: 400 },
    { say: words },
    { waitForSilenceMs: 1000 },
    { hangUp: true },
  ];
  const eventOf = (callSid: string, type: string) =>
    eventually(() => {
      const found = events.of(callSid).find((event) => event.type === type);
      if (!found) throw new Error(`no ${type} of ${callSid}`);
      return Promise.resolve(found.data);
    }, 20_000);

  it('asks a business’s own server, signed for that business, and goes on with the answer', async () => {
    const { callSid, book, sessions, log } = await callOf(world, number, asking('use book'));
    expect(book.heardText).toBe('welcome table four');
    const { path, headers, body } = server.requests.splice(0)[0]!;
    expect(path).toBe('/book');
    expect(JSON.parse(body)).toMatchObject({
      callSid,
      businessId: profile.id,
      name: 'book',
      arguments: { people: 2 },
      direction: 'inbound',
      from: '+14155550100',
      to: number,
    });
    const key = createHmac('sha256', secret).update(`frontdesk-tool:${profile.id}`).digest('base64');
    const signed = `${String(headers['x-frontdesk-timestamp'])}.${body}`;
    expect(headers['x-frontdesk-signature']).toBe(
      `v1=${createHmac('sha256', key).update(signed).digest('hex')}`,
    );
    expect(log('TOOL_CALLED')).toMatchObject([{ name: 'book', ok: true }]);
    expect(sessions[0]!.violations).toEqual([]);
  });

  it('covers a slow tool by a phrase', async () => {
    const { book } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'use slow' },
      { waitForSilenceMs: 2500 },
      { hangUp: true },
    ]);
    expect(book.heardText).toBe('welcome let me see table four');
  });

  it.each([
    ['broken', /status 500: out of order/],
    ['away', /within 2 seconds/],
    ['inside', /address is not allowed/],
    ['named', /address is not allowed/],
    ['it wrongly', /arguments do not fit/],
  ])('tells the agent why it could not use %s', async (name, reason) => {
    server.requests.length = 0;
    const { callSid, book } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: `use ${name}` },
      { waitForSilenceMs: 2500 },
      { hangUp: true },
    ]);
    expect(book.heardText).toMatch(/^welcome (let me see )?not done$/);
    expect(await eventOf(callSid, 'call.tool')).toMatchObject({
      ok: false,
      error: expect.stringMatching(reason) as string,
    });
    expect(server.requests.map(({ path }) => path)).toEqual(
      name === 'broken' || name === 'away' ? [`/${name}`] : [],
    );
  });

  it('presses keys that the other side hears, and then waits', async () => {
    const { book } = await callOf(world, number, asking('press keys'));
    expect(book.heardDigits).toBe('12#');
    expect(book.heardText).toBe('welcome');
  });

  it('answers keys that the caller presses, joined', async () => {
    const { callSid, book } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { dtmf: '42#' },
      { waitForAgentMs: 100 },
      { waitForSilenceMs: 400 },
      { dtmf: '7' },
      { waitForAgentMs: 100 },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    expect(book.heardText).toBe('welcome you said: [pressed the keys 42] you said: [pressed the keys 7]');
    await eventually(() => {
      const said = events.turnsOf(callSid).filter(({ speaker }) => speaker === 'caller');
      expect(said.map(({ heard }) => heard)).toEqual(['[pressed the keys 42]', '[pressed the keys 7]']);
      return Promise.resolve();
    }, 20_000);
  });

  it('takes a message for the business', async () => {
    const { callSid, book } = await callOf(world, number, asking('tell them'));
    expect(book.heardText).toBe('welcome noted');
    expect(await eventOf(callSid, 'call.message-left')).toMatchObject({
      name: 'Dana',
      number: '0501234567',
      text: 'call me',
    });
  });

  const place = async (to: string, script: ScriptStep[]): Promise<string> => {
    const attemptId = randomUUID();
    world.neighbours.attempts.set(attemptId, {
      attemptId,
      campaignId: randomUUID(),
      businessId: profile.id,
      locale: null,
      number: to,
      openingText: 'opening line',
      openingKey: framesKeyOf('opening line'),
      instructions: '',
    });
    world.neighbours.phrases.set(framesKeyOf('opening line'), 'opening line');
    await world.twilio.addCallee({ number: to, responses: [{ kind: 'answer', script }] });
    const url = `${LOCAL_PUBLIC_URL}/webhook/outbound_call?attempt_id=${attemptId}`;
    const response = await fetch(
      `${world.twilio.baseUrl}/2010-04-01/Accounts/${SIMULATED_ACCOUNT_SID}/Calls.json`,
      {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`${SIMULATED_ACCOUNT_SID}:${world.secrets.simulatedAuthToken}`).toString('base64')}`,
        },
        body: new URLSearchParams({ To: to, From: number, Url: url }),
      },
    );
    const { sid } = (await response.json()) as { sid: string };
    await world.twilio.callOver(sid);
    return sid;
  };

  it.each([
    ['spoken', '+14155550181', { say: 'stop calling' }],
    ['keyed', '+14155550182', { dtmf: '9' }],
  ] as const)('tells that somebody we called opted out, %s', async (how, to, step) => {
    const callSid = await place(to, [
      { waitForSilenceMs: 400 },
      step,
      // Who hangs up at once has opted out all the same.
      ...(how === 'spoken' ? [{ waitForSilenceMs: 1000 }] : [{ pauseMs: 200 }]),
      { hangUp: true },
    ]);
    expect(await eventOf(callSid, 'call.opted-out')).toMatchObject({ number: to, how });
  });
});
