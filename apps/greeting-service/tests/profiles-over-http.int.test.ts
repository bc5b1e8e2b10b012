import {
  exportProfiles,
  getGreetingState,
  getGreetingStatistics,
  getManyFrames,
  importProfiles,
  phraseNames,
  requestOpenings,
  getFrames,
  invalidateGreeting,
} from '@frontdesk/contracts';
import { newId } from '@frontdesk/runtime';
import { eventually, guardResources } from '@frontdesk/test-harness';
import { GreetingWorld, wordsOf, type Replica } from './greeting-world';

let world: GreetingWorld;
let replica: Replica;

beforeAll(async () => {
  world = await GreetingWorld.start();
  replica = await world.replica();
});
afterAll(async () => {
  await replica?.[Symbol.asyncDispose]();
  await world?.[Symbol.asyncDispose]();
});
afterEach(() => world.openAi.clearFaults());

const format = 'frontdesk.profiles.v1' as const;
const profile = (greetingText: string, more: object = {}) => ({
  name: 'Imported',
  phoneNumbers: [] as string[],
  greetingText,
  ...more,
});
const importAll = (profiles: object[]): Promise<Response> =>
  replica.fetch('/api/profiles/import', { method: 'POST', body: JSON.stringify({ format, profiles }) });

describe('profiles as a document', () => {
  it('come back as they were exported, and mean what they meant', async () => {
    const number = '+972500000001';
    const { id } = await replica.create('to be exported', { phoneNumbers: [number] });
    const document = await replica.client.call(exportProfiles);
    const exported = document.profiles.find((each) => each.id === id)!;
    expect(exported).toMatchObject({ greetingText: 'to be exported', phoneNumbers: [number] });
    expect(exported).not.toHaveProperty('locale');
    await replica.fetch(`/api/businesses/${id}`, { method: 'DELETE' });
    const { revision: _revision, ...again } = exported;
    const answer = await replica.client.call(importProfiles, { body: { format, profiles: [again] } });
    expect(answer).toMatchObject({ created: 1, replaced: 0, profiles: [{ id }] });
    expect(wordsOf(await eventually(() => replica.greeting(id)))).toBe('to be exported');
  });

  it('are imported all or none: a mistake in one leaves the others out, and is named', async () => {
    const ids = [newId(), newId()];
    const response = await importAll([profile('fine', { id: ids[0] }), profile('<break/>', { id: ids[1] })]);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ path: 'body.profiles.1.greetingText' }] });
    expect((await replica.fetch(`/api/businesses/${ids[0]}`)).status).toBe(404);
  });

  it('may exchange their numbers, but not take one of somebody else, nor name one twice', async () => {
    const [a, b, c] = ['+972500000011', '+972500000012', '+972500000013'];
    const one = await replica.create('one', { phoneNumbers: [a] });
    const two = await replica.create('two', { phoneNumbers: [b] });
    await replica.create('three', { phoneNumbers: [c] });
    const exchange = await importAll([
      profile('one', { id: one.id, phoneNumbers: [b] }),
      profile('two', { id: two.id, phoneNumbers: [a] }),
    ]);
    expect([exchange.status, await exchange.json()]).toMatchObject([200, { created: 0, replaced: 2 }]);
    const taken = await importAll([profile('one', { id: one.id, phoneNumbers: [c] })]);
    expect([taken.status, await taken.json()]).toMatchObject([409, { detail: expect.stringContaining(c!) }]);
    const twice = await importAll([
      profile('x', { phoneNumbers: ['+972500000019'] }),
      profile('y', { phoneNumbers: ['+972500000019'] }),
    ]);
    expect([twice.status, await twice.json()]).toMatchObject([
      400,
      { errors: [{ path: 'body.profiles.1.phoneNumbers.0' }] },
    ]);
  });

  it('with an outdated revision replace nothing', async () => {
    const { id, revision } = await replica.create('current');
    await importAll([profile('newer', { id, revision })]);
    const response = await importAll([profile('newest', { id, revision })]);
    expect(response.status).toBe(412);
    expect((await replica.snapshot(id)).greetingText).toBe('newer');
  });
});

describe('what a profile may not say', () => {
  it.each([
    ['nothing', '', 400],
    ['5,000 characters', 'x'.repeat(5000), 400],
    ['control characters alone', '\u0000\u0007\u001b', 400],
    ['no words', '... <break time="3s"/> !!!', 400],
    ['control characters among words', 'hello\u0007 there', 201],
    ['mixed right-to-left text', '\u202bשלום\u202c Acme 24/7 \u2067בלה\u2069', 201],
  ])('%s', async (_what, greetingText, status) => {
    const body = JSON.stringify({ name: 'Acme', phoneNumbers: [], greetingText });
    const response = await replica.fetch('/api/businesses', { method: 'POST', body });
    expect(response.status).toBe(status);
    if (status === 400)
      expect(await response.json()).toMatchObject({ errors: [{ path: 'body.greetingText' }] });
    else {
      const { id } = (await response.json()) as { id: string };
      const spoken = (await replica.snapshot(id)).greeting.text;
      expect(spoken).not.toMatch(/[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
      expect(wordsOf(await eventually(() => replica.greeting(id)))).toBe(spoken);
    }
  });

  it('a voice that no provider has, and a language that nobody has words of, are spoken as well as can be', async () => {
    const strange = { voice: 'he-IL-Standard-D', locale: 'qaa-QM' };
    const { id } = await replica.create('spoken all the same', strange);
    expect(wordsOf(await eventually(() => replica.greeting(id)))).toBe('spoken all the same');
    expect(replica.logged('GREETING_VOICE_UNKNOWN', 'he-IL-Standard-D')).toBe(true);
    const { phrases, locale } = await replica.snapshot(id);
    expect([locale, phrases.bridge?.text]).toEqual(['qaa-QM', 'One moment, please.']);
  });

  it('a rejected save leaves the old greeting in use', async () => {
    const { id } = await replica.create('stays in use');
    await eventually(() => replica.greeting(id));
    const body = JSON.stringify({ name: 'Acme', phoneNumbers: [], greetingText: 'x', locale: 'Klingon' });
    expect((await replica.fetch(`/api/businesses/${id}`, { method: 'PUT', body })).status).toBe(400);
    expect(wordsOf(await replica.greeting(id))).toBe('stays in use');
  });
});

describe('what is cached', () => {
  it('is told with who spoke it', async () => {
    const { id } = await replica.create('who spoke this');
    await eventually(() => replica.greeting(id));
    const state = await replica.client.call(getGreetingState, { params: { id } });
    expect(state.greeting).toMatchObject({
      text: 'who spoke this',
      made: { provider: 'openai', model: 'gpt-4o-mini-tts' },
    });
    expect(state.greeting.made!.durationMs).toBe(state.greeting.made!.frames * 20);
    expect(Object.keys(state.phrases).sort()).toEqual([...phraseNames].sort());
  });

  it('is counted by pool and level, for those who may see all businesses', async () => {
    const { id } = await replica.create('to be counted');
    await eventually(() => replica.greeting(id));
    const before = await replica.client.call(getGreetingStatistics);
    await replica.greeting(id);
    const after = await replica.client.call(getGreetingStatistics);
    const { memory, durable } = after.pools.greeting!;
    expect(memory.hits).toBe(before.pools.greeting!.memory.hits + 1);
    expect(memory.maxEntries).toBe(256);
    expect(memory.bytes).toBeGreaterThan(0);
    expect(durable.entries).toBeGreaterThanOrEqual(memory.entries);
    expect(after.providers).toMatchObject([{ provider: 'openai', state: 'closed' }]);
  });

  it('is handed out in bulk, in the order asked, with a mark for what does not exist', async () => {
    const { id } = await replica.create('one of many');
    const frames = await eventually(() => replica.greeting(id));
    const { greeting } = await replica.snapshot(id);
    const missing = 'f'.repeat(64);
    const body = { keys: [missing, greeting.key, greeting.key] };
    const answer = await replica.client.bytes(getManyFrames, { body });
    expect(answer.subarray(0, 32).toString('hex')).toBe(missing);
    expect(answer.readUInt32BE(32)).toBe(0);
    expect(answer.subarray(36, 68).toString('hex')).toBe(greeting.key);
    expect(answer.readUInt32BE(68)).toBe(frames.length);
    expect(answer.subarray(72).equals(frames)).toBe(true);
  });
});

describe('opening lines of a campaign', () => {
  const ask = (businessId: string, template: string, people: Record<string, string>[]) =>
    replica.client.call(requestOpenings, { body: { businessId, template, people } });

  it('are made for each person, asked for again at no cost, and made anew after an invalidation', async () => {
    const { id } = await replica.create('greeting of a campaign');
    const template = 'Hello {first_name}, a word from Acme';
    const people: Record<string, string>[] = [{ first_name: 'Noa' }, { first_name: 'Dan' }, {}];
    const texts = ['Hello Noa, a word from Acme', 'Hello Dan, a word from Acme', 'Hello, a word from Acme'];
    const { openings } = await ask(id, template, people);
    expect(openings.map(({ text }) => text)).toEqual(texts);
    await eventually(async () =>
      expect((await ask(id, template, people)).openings.every(({ ready }) => ready)).toBe(true),
    );
    const heard = await replica.client.bytes(getFrames, { params: { key: openings[0]!.key } });
    expect(wordsOf(heard)).toBe(texts[0]);
    expect(await Promise.all(texts.map((text) => world.paid(text)))).toEqual([1, 1, 1]);
    await replica.client.call(invalidateGreeting, { body: { business_id: id } });
    await eventually(async () => expect(await world.paid(texts[0]!)).toBe(2));
  });

  it('that say what the greeting says share nothing with it', async () => {
    const { id } = await replica.create('the same words');
    const { greeting } = await replica.snapshot(id);
    const { openings } = await ask(id, 'the same words', [{}]);
    expect(openings[0]!.key).not.toBe(greeting.key);
    await eventually(async () =>
      expect((await ask(id, 'the same words', [{}])).openings[0]!.ready).toBe(true),
    );
    const pools = await world.database.query(
      'SELECT pool FROM greeting.frames WHERE text = $1 ORDER BY pool',
      ['the same words'],
    );
    await eventually(() => replica.greeting(id));
    expect(pools).toContainEqual({ pool: 'campaign' });
  });
});

describe('two providers', () => {
  it('the Realtime model reads the greeting when the speech model fails, and who served is visible', async () => {
    await using second = await world.replica({
      TTS_PROVIDER: 'openai,openai-realtime',
      GREETING_FOLLOW_MS: '60000',
    });
    const text = 'read aloud by the second provider';
    await world.openAi.fault({ name: 'speech-500', contains: text });
    const { id } = await second.create(text);
    expect(wordsOf(await eventually(() => second.greeting(id)))).toBe(text);
    const { greeting } = await second.client.call(getGreetingState, { params: { id } });
    expect(greeting.made).toMatchObject({ provider: 'openai-realtime', model: 'gpt-realtime-2.1-mini' });
    expect(second.logged('GREETING_CACHED', 'openai-realtime')).toBe(true);
    const violations = (await world.openAi.sessions(text)).flatMap((session) => session.violations);
    expect(violations).toEqual([]);
  });
});

guardResources();
