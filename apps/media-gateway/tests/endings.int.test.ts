import { type CallBook, eventually } from '@frontdesk/test-harness';
import { callOf, type FinishedCall } from './call-of';
import { business, GatewayWorld } from './gateway-world';

/** One frame: what a time of the book is exact to. */
const FRAME_MS = 20;

const hungUpAtMs = ({ events }: CallBook): number | undefined =>
  events.find(({ type, status }) => type === 'rest-update' && status === 'completed')?.atMs;
/** The end is told a moment after the call is over: late transcripts are waited for. */
const ends = (log: FinishedCall['log'], reasons: string[]): Promise<void> =>
  eventually(() => {
    expect(log('CALL_ENDED').map(({ reason }) => reason)).toEqual(reasons);
    return Promise.resolve();
  }, 10_000);
const lastHeardAtMs = ({ spurts }: CallBook): number => spurts.at(-1)!.endMs;

describe('how a call ends from our side', () => {
  const [plain, silent, answered, busy, unanswered, refused] = [
    '+14155550021',
    '+14155550022',
    '+14155550023',
    '+14155550024',
    '+14155550025',
    '+14155550026',
  ] as const;
  const person = (own: string): string => own.replace('+141555500', '+141555501');
  let world: GatewayWorld;

  beforeAll(async () => {
    world = await GatewayWorld.start([
      business(plain, 'welcome'),
      business(silent, 'welcome', { silentCaller: { askAfterMs: 2000, endAfterMs: 3000 } }),
      ...[answered, busy, unanswered, refused].map((own) =>
        business(own, 'welcome', { transferNumber: person(own) }),
      ),
    ]);
    await world.openAi.setBrain([
      { match: 'connect the caller now', say: 'one second' },
      { match: 'goodbye now', say: 'have a nice day' },
    ]);
    const answer = [{ say: 'anna here' }, { pauseMs: 500 }, { hangUp: true as const }];
    await world.twilio.addCallee({
      number: person(answered),
      responses: [{ kind: 'answer', script: answer }],
    });
    await world.twilio.addCallee({ number: person(busy), responses: [{ kind: 'busy' }] });
    await world.twilio.addCallee({ number: person(unanswered), responses: [{ kind: 'no-answer' }] });
  });
  afterAll(() => world[Symbol.asyncDispose]());

  it('the agent’s goodbye is heard to its end before the call is hung up', async () => {
    const { book, log } = await callOf(world, plain, [{ waitForSilenceMs: 400 }, { say: 'goodbye' }]);
    expect(book.heardText).toBe('welcome have a nice day');
    expect(hungUpAtMs(book)).toBeGreaterThanOrEqual(lastHeardAtMs(book) - FRAME_MS);
    await ends(log, ['agent-ended']);
  });

  it('a caller who says nothing is asked once, and then hung up on politely', async () => {
    const { book, log } = await callOf(world, silent, [{ pauseMs: 60_000 }]);
    expect(book.heardText).toBe('welcome still there goodbye');
    expect(log('CALLER_SILENT').map(({ due }) => due)).toEqual(['ask', 'end']);
    expect(hungUpAtMs(book)).toBeGreaterThanOrEqual(lastHeardAtMs(book) - FRAME_MS);
    await ends(log, ['silence']);
    expect(log('WD_REDIRECTED')).toEqual([]);
  });

  it('a caller who answers the question goes on', async () => {
    const { book, log } = await callOf(world, silent, [
      { waitForSilenceMs: 400 },
      { pauseMs: 3500 },
      { say: 'yes' },
      { waitForSilenceMs: 400 },
      { hangUp: true },
    ]);
    expect(book.heardText).toBe('welcome still there you said: yes');
    await ends(log, ['caller-hung-up']);
  });

  it('a person who answers has the call, and it ends with theirs', async () => {
    const { book, log } = await callOf(world, answered, [
      { waitForSilenceMs: 400 },
      { say: 'transfer me' },
      { pauseMs: 60_000 },
    ]);
    expect(book.heardText).toMatch(/^welcome one second anna here/);
    await ends(log, ['transferred']);
    expect(log('WS_START')).toHaveLength(1);
    expect(book.status).toBe('completed');
  });

  it.each([
    ['busy', busy, 'the line was busy', 8000],
    ['not answered', unanswered, 'nobody answered', 28_000],
  ])(
    'a transfer that is %s gives the agent the call again, who knows why and does not greet',
    async (_what, own, why, backAfterMs) => {
      const { book, sessions, log } = await callOf(world, own, [
        { waitForSilenceMs: 400 },
        { say: 'transfer me' },
        { pauseMs: backAfterMs },
        { say: 'what time is it' },
        { waitForSilenceMs: 400 },
        { hangUp: true },
      ]);
      expect(log('WS_START').map(({ generation }) => generation)).toEqual([1, 2]);
      expect(book.heardText.split('welcome')).toHaveLength(2);
      expect(book.heardText).toMatch(/^welcome one second .*you said: what/);
      const notes = sessions[1]!.items.filter(({ role }) => role === 'system').map(({ text }) => text);
      expect(notes.join()).toContain(why);
      await ends(log, ['transferred', 'caller-hung-up']);
    },
  );

  it('a transfer that Twilio refuses leaves the call with the agent, who is told', async () => {
    const { book, sessions, log } = await callOf(
      world,
      refused,
      [
        { waitForSilenceMs: 400 },
        { say: 'transfer me' },
        { waitForAgentMs: 100 },
        { waitForSilenceMs: 400 },
        { waitForAgentMs: 100, timeoutMs: 20_000 },
        { waitForSilenceMs: 600 },
        { say: 'what time is it' },
        { waitForSilenceMs: 400 },
        { hangUp: true },
      ],
      [{ name: 'rest-500', count: 4 }],
    );
    expect(log('WS_START')).toHaveLength(1);
    expect(sessions).toHaveLength(1);
    const notes = sessions[0]!.items.filter(({ role }) => role === 'system').map(({ text }) => text);
    expect(notes.join()).toContain('The transfer failed');
    expect(book.heardText).toMatch(/^welcome one second .*you said: what/);
    await ends(log, ['caller-hung-up']);
  });
});

describe('a call that takes too long', () => {
  const number = '+14155550031';
  let world: GatewayWorld;
  beforeAll(
    async () => (world = await GatewayWorld.start([business(number, 'welcome')], { MAX_CALL_MS: '10000' })),
  );
  afterAll(() => world[Symbol.asyncDispose]());

  it('is told so ahead of time, and ended after a goodbye', async () => {
    const { book, log } = await callOf(world, number, [
      { waitForSilenceMs: 400 },
      { say: 'what time is it' },
      { pauseMs: 60_000 },
    ]);
    expect(book.heardText).toBe('welcome you said: what time is it time is up soon goodbye');
    expect(log('CALL_TOO_LONG').map(({ due }) => due)).toEqual(['announce', 'end']);
    expect(hungUpAtMs(book)).toBeGreaterThanOrEqual(lastHeardAtMs(book) - FRAME_MS);
    await ends(log, ['max-length']);
  });
});

describe('a goodbye that the model does not say', () => {
  const number = '+14155550032';
  let world: GatewayWorld;
  beforeAll(async () => (world = await GatewayWorld.start([business(number, 'welcome')])));
  afterAll(() => world[Symbol.asyncDispose]());
  const saysGoodbye = [{ waitForSilenceMs: 400 }, { say: 'goodbye' }, { pauseMs: 30_000 }];

  it('is the prepared one', async () => {
    await world.openAi.setBrain([{ match: 'goodbye now', say: '' }]);
    const { book, log } = await callOf(world, number, saysGoodbye);
    expect(book.heardText).toBe('welcome goodbye');
    await ends(log, ['agent-ended']);
    expect(log('WD_REDIRECTED')).toEqual([]);
  });

  it('needs no fallback when its model is lost for good', async () => {
    await world.openAi.setBrain([{ match: 'goodbye now', say: 'one two three four five six '.repeat(4) }]);
    await world.openAi.fault({ name: 'socket-drop', count: 1, params: { afterMs: 5000 } });
    const before = (await world.openAi.sessions()).length;
    const ringing = callOf(world, number, saysGoodbye);
    await eventually(async () => expect(await world.openAi.sessions()).toHaveLength(before + 1));
    await world.openAi.fault({ name: 'handshake-401' });
    const { book, log } = await ringing;
    await ends(log, ['agent-ended']);
    expect(log('MODEL_LOST')).toHaveLength(1);
    expect(log('WD_REDIRECTED')).toEqual([]);
    expect(book.heardText).toMatch(/^welcome one two three/);
    expect(hungUpAtMs(book)! - lastHeardAtMs(book)).toBeLessThan(5000);
  });
});
