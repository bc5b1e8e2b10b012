import { type CampaignInput } from '@frontdesk/contracts';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { Database, migrate } from '@frontdesk/persistence';
import { newId } from '@frontdesk/runtime';
import { type TwilioAccounts, type TwilioCalls } from '@frontdesk/telephony';
import { createTestDatabase, type TestDatabase } from '@frontdesk/test-harness';
import { SCHEMA } from '../src/app';
import { startDraft } from '../src/campaigns/transitions';
import { uploadContacts } from '../src/campaigns/upload-contacts';
import { DialerEvents } from '../src/events';
import { Reconciler } from '../src/reconciling/reconciler';
import { Scheduler, type SchedulerOptions } from '../src/scheduling/scheduler';
import { migrations } from '../src/store/migrations';
import { insertCampaign } from '../src/store/queries/insert-campaign';
import { type CampaignRow } from '../src/store/rows';

export const accountSid = `AC${'1'.repeat(32)}`;
export const events = new DialerEvents(silentLogger, new Metrics({ withProcessMetrics: false }));

let test: TestDatabase;
/** The store of one test file, empty before each of its tests. */
export let database: Database;
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
beforeEach(() => rows('TRUNCATE campaigns, contacts, attempts, uploads, progress, pacing, outbox'));

export const rows = <T extends object>(sql: string, values: unknown[] = []): Promise<T[]> =>
  database.dataSource.manager.query(sql, values);
export const states = async (campaign: CampaignRow): Promise<string[]> => {
  const found = await rows<{ state: string }>(
    'SELECT state FROM attempts WHERE campaign_id = $1 ORDER BY to_number',
    [campaign.id],
  );
  return found.map(({ state }) => state);
};
export const upload = (
  manager: Database['dataSource']['manager'],
  campaign: CampaignRow,
  numbers: string[],
) => {
  const contacts = numbers.map((number) => ({ number, name: '', timeZone: null, consent: true }));
  return uploadContacts(manager, contacts, { campaign, numberCountry: 'IL', skipInvalid: false });
};
/** A running campaign of these numbers. */
export const running = async (
  numbers: string[],
  account = accountSid,
  over: Partial<CampaignInput> = {},
): Promise<CampaignRow> => {
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
    maxAttemptsPerDay: 1,
    retryDelaySeconds: 60,
    ringTimeoutSeconds: 20,
    callsPerSecond: 1,
    maxConcurrentCalls: 5,
    machinePolicy: 'talk' as const,
    ...over,
  };
  const campaign = await insertCampaign(manager, input, account);
  if (numbers.length > 0) await upload(manager, campaign, numbers);
  return (await startDraft(manager, campaign.id))!;
};
export const scheduler = (over: Partial<SchedulerOptions> = {}) =>
  new Scheduler({
    database,
    events,
    accountCallsPerSecond: 10,
    businessConcurrentCalls: 3,
    openingWaitMs: 0,
    breakerCalls: 4,
    breakerPercent: 75,
    ...over,
  });
export const reconcilerWith = (account: (sid: string) => Partial<TwilioCalls>): Reconciler =>
  new Reconciler({
    database,
    accounts: { account, defaultAccountSid: accountSid } as unknown as TwilioAccounts,
    events,
    reconcileIntervalMs: 1000,
    callCheckMs: 1000,
  });
export const attemptOf = async ({ id }: CampaignRow): Promise<string> =>
  (await rows<{ id: string }>('SELECT id FROM attempts WHERE campaign_id = $1', [id]))[0]!.id;
export const stateOf = async ({ id }: CampaignRow): Promise<string> =>
  (await rows<{ state: string }>('SELECT state FROM campaigns WHERE id = $1', [id]))[0]!.state;
