import {
  createBusiness,
  getRetention,
  putBusiness,
  putRetention,
  type BusinessProfile,
} from '@frontdesk/contracts';
import { ServiceClient } from '@frontdesk/http';
import {
  createTestDatabase,
  eventually,
  guardResources,
  LOCAL_PUBLIC_URL,
  newSecrets,
  runMigrate,
  type RunningProcess,
  SIMULATED_ACCOUNT_SID,
  spawnService,
  spawnTool,
  type TestDatabase,
} from '@frontdesk/test-harness';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a profile says of how long calls are kept, from greeting-service to the rows that recording-service deletes. */

const secrets = newSecrets();
let folder: string;
let broker: string;
let database: TestDatabase;
const processes: RunningProcess[] = [];
const clients: ServiceClient[] = [];
let greeting: ServiceClient;
let recording: ServiceClient;
let greetingProcess: RunningProcess;
let recordingProcess: RunningProcess;

const start = async (name: 'greeting-service' | 'recording-service', env: Record<string, string>) => {
  const environment = {
    PORT: '0',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: broker,
    INTERNAL_API_TOKEN: secrets.internalApiToken,
    OPENAI_API_KEY: 'sk-simulated-0000000000000000',
    ...env,
  };
  await runMigrate(name, environment);
  const running = await spawnService(name, environment);
  processes.push(running);
  const url = `http://127.0.0.1:${running.listeningLine.port}`;
  const client = new ServiceClient({
    baseUrl: url,
    audience: name,
    subject: 'test',
    secrets: [secrets.internalApiToken],
  });
  clients.push(client);
  return { running, client, url };
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'retention-'));
  database = await createTestDatabase();
  const tool = async (name: string, env: Record<string, string> = {}): Promise<RunningProcess> => {
    const running = await spawnTool(name, { PORT: '0', ...env });
    processes.push(running);
    return running;
  };
  // Its own: on the run's shared one recording-service would read how calls of other tests ended.
  const kafka = await tool('embedded-kafka', { DATA_DIR: join(folder, 'kafka') });
  broker = `127.0.0.1:${kafka.listeningLine.port}`;
  const openAi = await tool('openai-simulator');
  const one = await start('greeting-service', {
    OPENAI_BASE_URL: `http://127.0.0.1:${openAi.listeningLine.port}/v1`,
  });
  [greeting, greetingProcess] = [one.client, one.running];
  const other = await start('recording-service', {
    PUBLIC_URL: LOCAL_PUBLIC_URL,
    GREETING_SERVICE_URL: one.url,
    TWILIO_ACCOUNT_SID: SIMULATED_ACCOUNT_SID,
    TWILIO_AUTH_TOKEN: secrets.simulatedAuthToken,
    // Nobody is there: nothing in this test is Twilio's.
    TWILIO_API_BASE_URL: 'http://127.0.0.1:9',
    RECORDING_CACHE_DIR: join(folder, 'recordings'),
    RECONCILE_INTERVAL_MS: '200',
  });
  [recording, recordingProcess] = [other.client, other.running];
}, 120_000);
afterAll(async () => {
  for (const client of clients) await client[Symbol.asyncDispose]();
  for (const process of processes.reverse()) await process[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const profileWith = (retentionDays: number | null) => ({
  name: 'Acme',
  phoneNumbers: [],
  greetingText: 'hello',
  locale: 'en-US',
  retentionDays,
});
/** A call of this business that ended so many days ago. */
const callOf = async ({ id }: BusinessProfile, daysAgo: number): Promise<string> => {
  const callSid = `CA${randomBytes(16).toString('hex')}`;
  await database.query(
    `INSERT INTO recording.calls (call_sid, business_id, started_at, ended_at)
     VALUES ($1, $2, now() - $3 * interval '1 day', now() - $3 * interval '1 day')`,
    [callSid, id, daysAgo],
  );
  return callSid;
};
const isThere = async (callSid: string): Promise<boolean> =>
  (await database.query('SELECT 1 FROM recording.calls WHERE call_sid = $1', [callSid])).length > 0;
const gone = (callSid: string): Promise<void> =>
  eventually(async () => {
    if (!(await isThere(callSid))) return;
    const known = {
      seen: await database.query('SELECT revision FROM recording.profiles_seen'),
      profileDays: await database.query('SELECT * FROM recording.profile_retention'),
      days: await database.query('SELECT * FROM recording.retention'),
      profiles: await database.query('SELECT id, revision, retention_days FROM greeting.profiles'),
    };
    throw new Error(
      `${callSid} is still there; ${JSON.stringify(known)}; recording-service said: ${recordingProcess.output.tail(20)}`,
    );
  }, 20_000);
/** Rounds in which recording-service could not learn what the profiles say. */
const failedRounds = (): number =>
  recordingProcess.output.events('CHORE_FAILED').filter(({ name }) => name === 'retention').length;
const daysOf = ({ id: businessId }: BusinessProfile) =>
  recording.call(getRetention, { params: { businessId } });

it('calls go after the days that the profile says, and stay for as long as may be needed when nobody can tell', async () => {
  const business = await greeting.call(createBusiness, { body: profileWith(30) });
  const keeps = await greeting.call(createBusiness, { body: profileWith(null) });
  const [old, young, others] = [
    await callOf(business, 31),
    await callOf(business, 29),
    await callOf(keeps, 900),
  ];
  await gone(old);
  expect([await isThere(young), await isThere(others)]).toEqual([true, true]);
  expect(await daysOf(business)).toMatchObject({ days: null, profileDays: 30, inForceDays: 30 });

  // Set here to be kept for longer: the longer holds.
  const { id: businessId } = business;
  await recording.call(putRetention, { params: { businessId }, body: { days: 60 } });
  const longer = await callOf(business, 45);
  const longest = await callOf(business, 61);
  await gone(longest);
  expect(await isThere(longer)).toBe(true);
  await recording.call(putRetention, { params: { businessId }, body: { days: null } });
  await gone(longer);

  // What the profile says now may be more than it said: nobody can tell.
  await greeting.call(putBusiness, { params: { id: business.id }, body: profileWith(10) });
  await gone(young);
  await greetingProcess[Symbol.asyncDispose]();
  const unsure = await callOf(business, 4000);
  await eventually(() => expect(failedRounds()).toBeGreaterThan(2), 20_000);
  expect(await isThere(unsure)).toBe(true);
}, 120_000);

guardResources();
