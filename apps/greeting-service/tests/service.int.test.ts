import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  createBusiness,
  createPhrase,
  deleteBusiness,
  getBusiness,
  getFrames,
  getGreetingWav,
  invalidateGreeting,
  listProfilesSince,
  phraseNames,
  profileChangedEvent,
  putBusiness,
  topics,
  type BusinessProfile,
  type ProfileChangedEvent,
} from '@frontdesk/contracts';
import { decodeMulaw, parseWav } from '@frontdesk/audio';
import { decodeSpeech } from '@frontdesk/audio-identity';
import { mintServiceToken, ServiceClient } from '@frontdesk/http';
import { connectKafka } from '@frontdesk/messaging';
import { silentLogger } from '@frontdesk/observability';
import { newId } from '@frontdesk/runtime';
import {
  createTestDatabase,
  eventually,
  guardResources,
  kafkaBrokers,
  OpenAiSim,
  repoRoot,
  runMigrate,
  spawnService,
  spawnTool,
  type RunningProcess,
  type TestDatabase,
} from '@frontdesk/test-harness';

const secret = 'greeting-int-test-secret-of-32-chars';
const greetingText = 'שלום, הגעתם ל Acme 24';
let database: TestDatabase;
let simulator: RunningProcess;
let service: RunningProcess;
let client: ServiceClient;
let openAi: OpenAiSim;

const environment = () => ({
  PORT: '0',
  DATABASE_URL: database.url,
  KAFKA_BROKERS: kafkaBrokers().join(),
  INTERNAL_API_TOKEN: secret,
  OPENAI_API_KEY: 'sk-simulated-0000000000000000',
  OPENAI_BASE_URL: `http://127.0.0.1:${simulator.listeningLine.port}/v1`,
  TTS_TIMEOUT_MS: '3000',
});
const urlOf = (running: RunningProcess): string => `http://127.0.0.1:${running.listeningLine.port}`;
const clientOf = (running: RunningProcess): ServiceClient =>
  new ServiceClient({
    baseUrl: urlOf(running),
    audience: 'greeting-service',
    subject: 'test',
    secrets: [secret],
  });

beforeAll(async () => {
  [database, simulator] = await Promise.all([
    createTestDatabase(),
    spawnTool('openai-simulator', { PORT: '0' }),
  ]);
  openAi = new OpenAiSim(urlOf(simulator));
  await runMigrate('greeting-service', environment());
  service = await spawnService('greeting-service', environment());
  client = clientOf(service);
});
afterAll(async () => {
  await client?.[Symbol.asyncDispose]();
  await service?.[Symbol.asyncDispose]();
  await simulator?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});

const create = (text = greetingText): Promise<BusinessProfile> =>
  client.call(createBusiness, { body: { name: 'Acme', phoneNumbers: [], greetingText: text } });
const snapshotOf = async (id: string) => {
  const { profiles } = await client.call(listProfilesSince, { query: { since: 0 } });
  const found = profiles.find((profile) => profile.id === id);
  if (!found) throw new Error('no such profile');
  return found;
};
const greetingFrames = async (id: string): Promise<Buffer> => {
  const { greeting } = await snapshotOf(id);
  return await client.bytes(getFrames, { params: { key: greeting.key } });
};
const wordsOf = (mulaw: Buffer): string => decodeSpeech(decodeMulaw(mulaw)).text;
/** How often a text was paid for. */
const paid = async (text: string): Promise<number> => {
  const { requests } = await openAi.requests<{ requests: { text?: string; status: number }[] }>();
  return requests.filter((request) => request.status === 200 && request.text === text).length;
};
const fetchApi = (path: string, init: RequestInit = {}): Promise<Response> =>
  fetch(`${urlOf(service)}${path}`, {
    ...init,
    headers: {
      authorization: `Bearer ${mintServiceToken({ sub: 'test', role: 'service', businessIds: '*', aud: 'greeting-service' }, [secret])}`,
      'content-type': 'application/json',
      ...init.headers,
    },
  });

describe('a saved profile', () => {
  it('has its greeting, spoken word for word, and its phrases as frames soon after', async () => {
    const { id } = await create();
    const mulaw = await eventually(() => greetingFrames(id));
    expect(wordsOf(mulaw)).toBe(greetingText);
    expect(mulaw.length % 160).toBe(0);
    const { phrases } = await snapshotOf(id);
    for (const { key, text } of Object.values(phrases))
      expect(wordsOf(await eventually(() => client.bytes(getFrames, { params: { key } })))).toBe(text);
    const wav = parseWav(await client.bytes(getGreetingWav, { params: { id } }));
    expect(wav).toMatchObject({ sampleRate: 8000, channels: 1, encoding: 'mulaw' });
    expect(wav.samples[0]).toEqual(decodeMulaw(mulaw));
  });

  it('speaks a new text under a new key, and never the old one again', async () => {
    const { id, revision } = await create('first text');
    await eventually(() => greetingFrames(id));
    const before = await snapshotOf(id);
    await client.call(putBusiness, {
      params: { id },
      body: { name: 'Acme', phoneNumbers: [], greetingText: 'second text' },
    });
    const after = await snapshotOf(id);
    expect(after.greeting.key).not.toBe(before.greeting.key);
    expect(after.revision).toBeGreaterThan(revision);
    await eventually(async () =>
      expect(client.bytes(getFrames, { params: { key: before.greeting.key } })).rejects.toMatchObject({
        status: 404,
      }),
    );
    expect(wordsOf(await eventually(() => greetingFrames(id)))).toBe('second text');
  });

  it('is told of on profile.events.v1: when saved, and when its greeting exists', async () => {
    const seen: ProfileChangedEvent[] = [];
    await using bus = await connectKafka({ brokers: kafkaBrokers(), clientId: 'test', logger: silentLogger });
    await bus.subscribe({
      topic: topics.profileEvents,
      group: `test-${newId()}`,
      schema: profileChangedEvent,
      handle: ({ value }) => Promise.resolve(void seen.push(value)),
    });
    const { id, revision } = await create('told of');
    await eventually(() => expect(seen.filter(({ businessId }) => businessId === id)).toHaveLength(2));
    expect(seen.filter(({ businessId }) => businessId === id).map(({ data }) => data)).toEqual([
      { businessId: id, revision, deleted: false },
      { businessId: id, revision, deleted: false },
    ]);
  });
});

describe('one synthesis for a text', () => {
  it('is paid for by 200 who ask for it at once', async () => {
    const { id } = await create('paid greeting');
    const phrase = { businessId: id, text: 'an opening line', pool: 'campaign' as const };
    const answers = await Promise.all(
      Array.from({ length: 200 }, () => client.call(createPhrase, { body: phrase, timeoutMs: 30_000 })),
    );
    expect(new Set(answers.map(({ key }) => key)).size).toBe(1);
    expect(await paid('an opening line')).toBe(1);
  });

  it('is not paid for again after a restart', async () => {
    const { id } = await create('survives restarts');
    await eventually(() => greetingFrames(id));
    await client[Symbol.asyncDispose]();
    service.kill('SIGKILL');
    await service.ended;
    service = await spawnService('greeting-service', environment());
    client = clientOf(service);
    expect(wordsOf(await greetingFrames(id))).toBe('survives restarts');
    // Warming of all profiles ran once the newest of them is warm.
    const { id: newest } = await create('newest of all');
    await eventually(() => greetingFrames(newest));
    expect(await paid('survives restarts')).toBe(1);
  });

  it('is paid for once over two replicas, whoever of them is asked', async () => {
    await using second = await spawnService('greeting-service', environment());
    await using other = clientOf(second);
    const { id } = await create('shared by replicas');
    const body = { businessId: id, text: 'asked of both', pool: 'campaign' as const };
    await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        (n % 2 ? client : other).call(createPhrase, { body, timeoutMs: 30_000 }),
      ),
    );
    const { greeting } = await snapshotOf(id);
    const params = { key: greeting.key };
    expect(wordsOf(await eventually(() => other.bytes(getFrames, { params })))).toBe('shared by replicas');
    expect([await paid('shared by replicas'), await paid('asked of both')]).toEqual([1, 1]);
  });
});

describe('invalidation', () => {
  const invalidate = (body: object): Promise<Response> =>
    fetchApi('/api/greeting/invalidate', { method: 'POST', body: JSON.stringify(body) });

  it('removes what is cached, says how much, and has it made again at once', async () => {
    const { id } = await create('to be invalidated');
    const { phrases } = await snapshotOf(id);
    await eventually(() => greetingFrames(id));
    for (const { key } of Object.values(phrases))
      await eventually(() => client.bytes(getFrames, { params: { key } }));
    const { removed } = await client.call(invalidateGreeting, { body: { business_id: id } });
    // Greeting and phrases, each in memory and in the database.
    expect(removed).toBe(2 * (1 + phraseNames.length));
    expect(wordsOf(await eventually(() => greetingFrames(id)))).toBe('to be invalidated');
    expect(await paid('to be invalidated')).toBe(2);
  });

  it('reaches the memory of another replica with the commit, not at its next look', async () => {
    await using second = await spawnService('greeting-service', {
      ...environment(),
      GREETING_FOLLOW_MS: '60000',
    });
    await using other = clientOf(second);
    const { id } = await create('known to both');
    const { greeting } = await snapshotOf(id);
    const params = { key: greeting.key };
    await eventually(() => other.bytes(getFrames, { params }));
    await client.call(deleteBusiness, { params: { id } });
    await eventually(
      async () => expect(other.bytes(getFrames, { params })).rejects.toMatchObject({ status: 404 }),
      10_000,
    );
  });

  it.each([
    [{}, 400, { ok: false, error: 'missing business_id' }],
    [{ business_id: '' }, 400, { ok: false, error: 'missing business_id' }],
    [{ business_id: newId() }, 200, { ok: true, removed: 0 }],
    [{ business_id: 'unknown' }, 200, { ok: true, removed: 0 }],
  ])('answers %j with %i', async (body, status, answer) => {
    const response = await invalidate(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject(answer);
  });

  it('answers a request without a body as one without the id', async () => {
    const response = await fetchApi('/api/greeting/invalidate', { method: 'POST' });
    expect([response.status, await response.json()]).toMatchObject([400, { ok: false }]);
  });
});

describe('a profile over HTTP', () => {
  const put = (id: string, headers: Record<string, string>): Promise<Response> =>
    fetchApi(`/api/businesses/${id}`, {
      method: 'PUT',
      headers,
      body: JSON.stringify({ name: 'Acme 2', phoneNumbers: [], greetingText: 'changed' }),
    });

  it('is replaced with the ETag it was read with, and not with an outdated one', async () => {
    const { id } = await create('etag');
    const etag = (await fetchApi(`/api/businesses/${id}`)).headers.get('etag') ?? '';
    const first = await put(id, { 'if-match': etag });
    expect(first.status).toBe(200);
    expect(first.headers.get('etag')).not.toBe(etag);
    const second = await put(id, { 'if-match': etag });
    expect(second.status).toBe(412);
    expect(second.headers.get('content-type')).toContain('application/problem+json');
  });

  it('is told to gateways page by page, in the order of revisions, with nothing left out', async () => {
    await create('one for the first page');
    await create('one for the second page');
    const whole = await client.call(listProfilesSince, { query: { since: 0 } });
    const pages: string[] = [];
    for (let since = 0, more = true; more;) {
      const page = await client.call(listProfilesSince, { query: { since, limit: 1 } });
      expect(page.profiles.length + page.deleted.length).toBeLessThanOrEqual(1);
      pages.push(...page.profiles.map(({ id, phoneNumbers }) => `${id} ${phoneNumbers.join()}`));
      since = page.revision;
      more = page.more === true;
    }
    expect(pages).toEqual(whole.profiles.map(({ id, phoneNumbers }) => `${id} ${phoneNumbers.join()}`));
    const future = await client.call(listProfilesSince, {
      query: { since: whole.revision + 1000, limit: 1 },
    });
    expect(future.revision).toBeLessThanOrEqual(whole.revision);
  });

  it('is gone when deleted, its frames too, and gateways are told', async () => {
    const { id } = await create('to be deleted');
    await eventually(() => greetingFrames(id));
    const { greeting, revision } = await snapshotOf(id);
    await client.call(deleteBusiness, { params: { id } });
    await expect(client.call(getBusiness, { params: { id } })).rejects.toMatchObject({ status: 404 });
    expect((await client.call(listProfilesSince, { query: { since: revision } })).deleted).toContain(id);
    await eventually(() =>
      expect(client.bytes(getFrames, { params: { key: greeting.key } })).rejects.toMatchObject({
        status: 404,
      }),
    );
  });

  it('is refused with a line for each mistake', async () => {
    const response = await fetchApi('/api/businesses', {
      method: 'POST',
      body: JSON.stringify({
        name: '',
        phoneNumbers: ['050'],
        greetingText: 'x'.repeat(5000),
        locale: 'Hebrew',
      }),
    });
    const { errors } = (await response.json()) as { errors: { path: string }[] };
    expect(response.status).toBe(400);
    expect(errors.map(({ path }) => path)).toEqual([
      'body.name',
      'body.phoneNumbers.0',
      'body.locale',
      'body.greetingText',
    ]);
  });
});

it('lets an operator in with a token of the command line', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(repoRoot, 'tools/service-token.mjs'), 'greeting-service'],
    { env: { INTERNAL_API_TOKEN: `${secret},an-older-secret-of-enough-characters` } },
  );
  const headers = { authorization: `Bearer ${stdout.trim()}` };
  expect((await fetchApi('/api/businesses', { headers })).status).toBe(200);
  expect((await fetchApi('/api/businesses', { headers: { authorization: 'Bearer none' } })).status).toBe(401);
});

describe('with a speech provider that fails', () => {
  afterEach(() => openAi.clearFaults());

  it('a save succeeds, nothing half-made is cached, and the greeting is there when the provider is back', async () => {
    await openAi.fault({ name: 'speech-500' });
    const { id } = await create('spoken later');
    await eventually(() =>
      expect(
        service.output.lines.some((line) => line.includes('GREETING_WARM_FAILED') && line.includes(id)),
      ).toBe(true),
    );
    await expect(greetingFrames(id)).rejects.toMatchObject({ status: 404 });
    await expect(client.bytes(getGreetingWav, { params: { id } })).rejects.toMatchObject({ status: 404 });
    await openAi.clearFaults();
    expect(wordsOf(await eventually(() => greetingFrames(id)))).toBe('spoken later');
  });

  it('a body that stalls is given up, and nothing of it is cached', async () => {
    const { id } = await create('half said');
    await eventually(() => greetingFrames(id));
    await openAi.fault({ name: 'speech-stalls-after-first-chunk' });
    const body = { businessId: id, text: 'a line that stalls', pool: 'phrase' as const };
    await expect(client.call(createPhrase, { body, timeoutMs: 20_000 })).rejects.toMatchObject({
      status: 503,
      problem: { detail: expect.stringContaining('stalled') },
    });
    await openAi.clearFaults();
    const { key } = await client.call(createPhrase, { body, timeoutMs: 20_000 });
    expect(wordsOf(await client.bytes(getFrames, { params: { key } }))).toBe('a line that stalls');
  });

  it('the service starts and is ready all the same', async () => {
    await using deaf = await spawnService('greeting-service', {
      ...environment(),
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
    });
    expect(deaf.isRunning).toBe(true);
  });

  it('a phrase is answered 503 with the reason', async () => {
    const { id } = await create('phrases fail');
    await eventually(() => greetingFrames(id));
    await openAi.fault({ name: 'speech-500' });
    const body = { businessId: id, text: 'cannot be spoken now', pool: 'phrase' as const };
    await expect(client.call(createPhrase, { body, timeoutMs: 20_000 })).rejects.toMatchObject({
      status: 503,
      problem: { detail: expect.stringContaining('500') },
    });
  });
});

guardResources();
