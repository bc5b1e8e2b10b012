import { Metrics, silentLogger } from '@frontdesk/observability';
import { Database, migrate } from '@frontdesk/persistence';
import { newId } from '@frontdesk/runtime';
import { type TwilioAccounts, type TwilioCalls } from '@frontdesk/telephony';
import { createTestDatabase, type TestDatabase } from '@frontdesk/test-harness';
import { SCHEMA } from '../src/app';
import { checkContacts } from '../src/campaigns/check-contacts';
import { cancelOpen, pauseRunning, startDraft } from '../src/campaigns/transitions';
import { DialerEvents } from '../src/events';
import { Reconciler } from '../src/reconciling/reconciler';
import { Scheduler } from '../src/scheduling/scheduler';
import { migrations } from '../src/store/migrations';
import { insertCampaign } from '../src/store/queries/insert-campaign';
import { insertContacts } from '../src/store/queries/insert-contacts';
import { lockUploads } from '../src/store/queries/lock-uploads';
import { holdTickets } from '../src/store/queries/take-ticket';
import { type CampaignRow } from '../src/store/rows';

const accountSid = `AC${'1'.repeat(32)}`;
const events = new DialerEvents(silentLogger, new Metrics({ withProcessMetrics: false }));

let test: TestDatabase;
let database: Database;
beforeAll(async () => {
  test = await createTestDatabase();
  const options = { url: test.url, schema: SCHEMA, migrations, logger: silentLogger };
  await migrate(options);
  database = await Database.connect({ ...options, entities: [] });
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  await test[Symbol.asyncDispose]();
});
beforeEach(() => rows('TRUNCATE campaigns, contacts, attempts, pacing, outbox'));

const rows = <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
  database.dataSource.manager.query(sql, values);
const states = async (campaign: CampaignRow): Promise<string[]> => {
  const found = await rows<{ state: string }>(
    'SELECT state FROM attempts WHERE campaign_id = $1 ORDER BY to_number',
    [campaign.id],
  );
  return found.map(({ state }) => state);
};
const upload = (manager: Database['dataSource']['manager'], campaign: CampaignRow, numbers: string[]) => {
  const contacts = numbers.map((number) => ({ number, name: '', timeZone: null, consent: true }));
  return insertContacts(manager, campaign, checkContacts(contacts, 'IL').accepted);
};
/** A running campaign of these numbers. */
const running = async (numbers: string[], account = accountSid): Promise<CampaignRow> => {
  const { manager } = database.dataSource;
  const input = {
    businessId: newId(),
    name: 'reminders',
    openingLine: 'hello',
    instructions: '',
    callerNumber: '+97239990000',
    callingHours: { from: '00:00', to: '24:00' },
    timeZone: 'UTC',
    maxAttempts: 1,
    retryDelaySeconds: 60,
    ringTimeoutSeconds: 20,
    callsPerSecond: 1,
    maxConcurrentCalls: 5,
    machinePolicy: 'talk' as const,
  };
  const campaign = await insertCampaign(manager, input, account);
  await upload(manager, campaign, numbers);
  return (await startDraft(manager, campaign.id))!;
};
const scheduler = () => new Scheduler({ database, events, accountCallsPerSecond: 10, openingWaitMs: 0 });
const reconcilerWith = (account: (sid: string) => Partial<TwilioCalls>): Reconciler =>
  new Reconciler({
    database,
    accounts: { account, defaultAccountSid: accountSid } as unknown as TwilioAccounts,
    events,
    reconcileIntervalMs: 1000,
    callCheckMs: 1000,
  });
const stateOf = async ({ id }: CampaignRow): Promise<string> =>
  (await rows<{ state: string }>('SELECT state FROM campaigns WHERE id = $1', [id]))[0]!.state;

it('neither waits for an upload to admit attempts and to pause, nor finishes the campaign under it', async () => {
  const uploading = await running(['+972501110001']);
  const emptied = await running([]);
  await database.transaction(async (manager) => {
    for (const campaign of [uploading, emptied]) {
      await lockUploads(manager, campaign.id);
      await upload(manager, campaign, ['+972501110002']);
    }
    await scheduler().tick();
    expect(await states(uploading)).toEqual(['published']);
    expect(await database.transaction((other) => pauseRunning(other, uploading.id, null))).toBeDefined();
    expect(await stateOf(emptied)).toBe('running');
  });
  await scheduler().tick();
  expect(await states(emptied)).toEqual(['published']);
});

it('finishes a campaign when nothing is left and no upload is under way', async () => {
  const campaign = await running([]);
  await scheduler().tick();
  expect(await stateOf(campaign)).toBe('finished');
});

it('ends an attempt that comes back to a campaign which was cancelled meanwhile', async () => {
  const campaign = await running(['+972501110003']);
  await rows(`UPDATE attempts SET state = 'claimed', fence = 1, lease_until = now() - interval '1 second'`);
  await database.transaction((manager) => cancelOpen(manager, campaign.id));
  await reconcilerWith(() => ({})).tick();
  expect(await states(campaign)).toEqual(['done']);
  expect(await rows('SELECT outcome FROM contacts WHERE campaign_id = $1', [campaign.id])).toEqual([
    { outcome: 'canceled' },
  ]);
});

it('admits nothing of a campaign whose next ticket is far away, so that no job of it waits in front of others', async () => {
  const [slow, quick] = [await running(['+972501110004']), await running(['+972501110005'])];
  await holdTickets(database.dataSource.manager, `campaign:${slow.id}`, 10_000);
  await scheduler().tick();
  expect(await states(slow)).toEqual(['planned']);
  expect(await states(quick)).toEqual(['published']);
});

it('decides the other attempts when one cannot be decided', async () => {
  const gone = `AC${'2'.repeat(32)}`;
  const campaigns = [await running(['+972501110006'], gone), await running(['+972501110007'])];
  await rows(`UPDATE attempts SET state = 'unknown', listings = 1, check_at = now() - interval '1 hour'`);
  await rows(`UPDATE attempts SET check_at = now() - interval '2 hours' WHERE account_sid = $1`, [gone]);
  await reconcilerWith((sid) => {
    if (sid === gone) throw new Error('no such account');
    return { listCalls: () => Promise.resolve([]) };
  }).tick();
  expect(await Promise.all(campaigns.map(states))).toEqual([['unknown'], ['planned']]);
});
