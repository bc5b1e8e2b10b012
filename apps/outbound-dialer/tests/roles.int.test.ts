import { getCampaign, getCampaignProgress } from '@frontdesk/contracts';
import { createTestDatabase, eventually } from '@frontdesk/test-harness';
import { businessId, DialingWorld } from './dialing-world';

let world: DialingWorld;
beforeAll(async () => {
  world = await DialingWorld.start({ SERVICE_ROLE: 'api' });
}, 120_000);
afterAll(() => world[Symbol.asyncDispose](), 60_000);

const worker = { SERVICE_ROLE: 'worker' };
const statusOf = async (port: number, path: string): Promise<{ status: number; text: string }> => {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return { status: response.status, text: await response.text() };
};
/** Long enough for several ticks of a scheduler and a reconciler, were there any. */
const TICKS_MS = 2500;

it('dials nobody and cleans nothing up as an API, and leaves all of it to a worker', async () => {
  const number = '+972501090001';
  await world.twilio.addCallee({ number, responses: [{ kind: 'answer', afterMs: 50, script: [] }] });
  const left = await world.campaign(['+972501090002']);
  await world.database.query(
    `UPDATE dialer.attempts SET state = 'claimed', lease_until = now() - interval '1 hour' WHERE campaign_id = $1`,
    [left],
  );
  const id = await world.campaign([number]);
  const startedAt = Date.now();
  await eventually(async () => {
    const progress = await world.api.call(getCampaignProgress, { params: { id } });
    expect(progress).toMatchObject({ state: 'running', queued: 1, dialling: 0 });
    expect(Date.now() - startedAt).toBeGreaterThan(TICKS_MS);
  });
  expect((await world.api.call(getCampaignProgress, { params: { id: left } })).dialling).toBe(1);
  expect(world.log.some((line) => /WORKER_|DIAL_/.test(line))).toBe(false);

  await using beside = world.spawnBeside(worker);
  await beside.listening();
  expect((await world.finished(id)).get(number)?.outcome).toBe('answered');
  expect(await world.placedTo(number)).toBe(1);
  expect(beside.output.events('DIAL_LEASES_EXPIRED')).toMatchObject([{ what: 'claimed', count: 1 }]);
});

it('begins no work before the schema is migrated, says what it waits for, and begins then by itself', async () => {
  await using database = await createTestDatabase();
  const env = { ...worker, DATABASE_URL: database.url };
  await using early = world.spawnBeside(env);
  const { port } = await early.listening();
  await eventually(() => expect(early.output.events('WORKER_WAITING')).not.toEqual([]));
  expect(await statusOf(port, '/readyz')).toMatchObject({ status: 503 });
  expect(await statusOf(port, '/healthz')).toMatchObject({ status: 200 });
  await world.migrate(env);
  await eventually(async () => expect((await statusOf(port, '/readyz')).status).toBe(200));
  expect(early.output.events('WORKER_STARTED')).toHaveLength(1);
});

const other = '019a0000-0000-7000-8000-00000000b052';

it('shows a campaign to nobody who may not act for its business, and lets nobody else touch it', async () => {
  const id = await world.draft();
  const number = '+972501090003';
  const json = (body: object) => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const campaign = `/api/campaigns/${id}`;
  const requests: [string, RequestInit?][] = [
    [campaign],
    [`${campaign}/contacts`],
    [`${campaign}/contacts`, json({ contacts: [{ number }] })],
    [`${campaign}/progress`],
    [`${campaign}/progress/stream`],
    [`${campaign}/preview`],
    [`${campaign}/results.csv`],
    ...['start', 'pause', 'resume', 'cancel'].map((verb): [string, RequestInit] => [
      `${campaign}/${verb}`,
      { method: 'POST' },
    ]),
    ['/api/do-not-call', json({ businessId, number })],
    ['/api/do-not-call', json({ businessId: null, number })],
  ];
  for (const [path, init] of requests) {
    const response = await world.request(path, init, [other]);
    await response.arrayBuffer();
    expect([path, response.status]).toEqual([path, 404]);
  }
  const list = async (of: string[]): Promise<string> =>
    (await world.request('/api/campaigns', {}, of)).text();
  expect(await list([other])).not.toContain(id);
  expect(await list([businessId])).toContain(id);
  expect(await world.api.call(getCampaign, { params: { id } })).toMatchObject({ state: 'draft' });
  expect((await world.contacts(id)).size).toBe(0);
  expect(await world.database.query('SELECT 1 FROM dialer.do_not_call WHERE number = $1', [number])).toEqual(
    [],
  );
});
