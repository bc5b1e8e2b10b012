import { type DialAttemptJob } from '@frontdesk/contracts';
import { type ServiceClient } from '@frontdesk/http';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { Database, migrate } from '@frontdesk/persistence';
import { newId } from '@frontdesk/runtime';
import { publicUrlOf, TwilioRestError, type TwilioAccounts, type TwilioCalls } from '@frontdesk/telephony';
import { createTestDatabase, type TestDatabase } from '@frontdesk/test-harness';
import { SCHEMA } from '../src/app';
import { applyStatus } from '../src/attempts/apply-status';
import { claim } from '../src/attempts/claim';
import { DialWorker } from '../src/attempts/dial-worker';
import { cancelOpen, pauseRunning, resumePaused, startDraft } from '../src/campaigns/transitions';
import { uploadContacts } from '../src/campaigns/upload-contacts';
import { DialerEvents } from '../src/events';
import { isMachine } from '../src/machines/machine-detection';
import { MachinePolicy } from '../src/machines/machine-policy';
import { Reconciler } from '../src/reconciling/reconciler';
import { Scheduler } from '../src/scheduling/scheduler';
import { migrations } from '../src/store/migrations';
import { insertCampaign } from '../src/store/queries/insert-campaign';
import { countProgress, joinProgress } from '../src/store/queries/count-progress';
import { noteAnsweredBy } from '../src/store/queries/note-answered-by';
import { lockUploads } from '../src/store/queries/lock-uploads';
import { gapOf, holdTickets, takeTicket } from '../src/store/queries/take-ticket';
import { type AttemptRow, type CampaignRow } from '../src/store/rows';

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
beforeEach(() => rows('TRUNCATE campaigns, contacts, attempts, uploads, progress, pacing, outbox'));

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
  return uploadContacts(manager, contacts, { campaign, numberCountry: 'IL', skipInvalid: false });
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
    maxAttemptsPerDay: 1,
    retryDelaySeconds: 60,
    ringTimeoutSeconds: 20,
    callsPerSecond: 1,
    maxConcurrentCalls: 5,
    machinePolicy: 'talk' as const,
  };
  const campaign = await insertCampaign(manager, input, account);
  if (numbers.length > 0) await upload(manager, campaign, numbers);
  return (await startDraft(manager, campaign.id))!;
};
const scheduler = () =>
  new Scheduler({
    database,
    events,
    accountCallsPerSecond: 10,
    openingWaitMs: 0,
    breakerCalls: 4,
    breakerPercent: 75,
  });
const reconcilerWith = (account: (sid: string) => Partial<TwilioCalls>): Reconciler =>
  new Reconciler({
    database,
    accounts: { account, defaultAccountSid: accountSid } as unknown as TwilioAccounts,
    events,
    reconcileIntervalMs: 1000,
    callCheckMs: 1000,
  });
const attemptOf = async ({ id }: CampaignRow): Promise<string> =>
  (await rows<{ id: string }>('SELECT id FROM attempts WHERE campaign_id = $1', [id]))[0]!.id;
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

describe('progress', () => {
  /** The counters as they should be, counted from the rows themselves. */
  const counted = async ({ id }: CampaignRow) => {
    const [row] = await rows<Record<'queued' | 'dialling' | 'inProgress' | 'done', number>>(
      `SELECT
         count(*) FILTER (WHERE contact.outcome IS NULL AND state IN ('planned', 'published'))::int AS queued,
         count(*) FILTER (WHERE contact.outcome IS NULL
           AND state IN ('claimed', 'asked', 'unknown', 'accepted', 'ringing'))::int AS dialling,
         count(*) FILTER (WHERE contact.outcome IS NULL AND state = 'in-progress')::int AS "inProgress",
         count(*) FILTER (WHERE contact.outcome IS NOT NULL)::int AS done
       FROM contacts AS contact
       LEFT JOIN attempts ON attempts.contact_id = contact.id AND attempts.state <> 'done'
       WHERE contact.campaign_id = $1`,
      [id],
    );
    return row;
  };

  it('equals the rows after every kind of move, also when its counters are joined meanwhile', async () => {
    const { manager } = database.dataSource;
    const campaign = await running(
      Array.from({ length: 12 }, (_, n) => `+97250222${String(n).padStart(4, '0')}`),
    );
    expect(await countProgress(manager, campaign.id)).toMatchObject({ queued: 12, done: 0 });
    const states = [
      'published',
      'claimed',
      'asked',
      'unknown',
      'accepted',
      'ringing',
      'in-progress',
      'planned',
    ];
    for (const [step, state] of [...states, ...states].entries()) {
      await rows(
        `UPDATE attempts SET state = $1 WHERE id IN (SELECT id FROM attempts WHERE campaign_id = $2 AND state <> 'done'
           ORDER BY id OFFSET $3 LIMIT 3)`,
        [state, campaign.id, step % 5],
      );
      if (step % 6 === 5) await joinProgress(manager, 1);
      expect(await countProgress(manager, campaign.id)).toMatchObject((await counted(campaign))!);
    }
    await database.transaction((inside) => cancelOpen(inside, campaign.id));
    const now = await countProgress(manager, campaign.id);
    expect(now).toMatchObject((await counted(campaign))!);
    expect(now.byOutcome).toEqual({ canceled: now.done });
  });

  it('counts nothing of a transaction that fails', async () => {
    const campaign = await running(['+972502220100']);
    const failed = database.transaction(async (manager) => {
      await upload(manager, campaign, ['+972502220101']);
      throw new Error('broken');
    });
    await expect(failed).rejects.toThrow('broken');
    expect(await countProgress(database.dataSource.manager, campaign.id)).toMatchObject({ queued: 1 });
  });
});

describe('an upload', () => {
  it('stores nothing when a row of a later batch is wrong, and tells every wrong row', async () => {
    const campaign = await running([]);
    const numbers = Array.from({ length: 4500 }, (_, n) => `+97250${String(3_000_000 + n)}`);
    const wrong = [...numbers.slice(0, 4400), 'nobody', numbers[0]!];
    await expect(database.transaction((manager) => upload(manager, campaign, wrong))).rejects.toMatchObject({
      status: 422,
      extras: {
        rejectedTotal: 2,
        rejected: [
          { row: 4401, reason: 'is not a telephone number' },
          { row: 4402, reason: 'is the same number as row 1' },
        ],
      },
    });
    expect(await rows('SELECT 1 FROM contacts WHERE campaign_id = $1', [campaign.id])).toHaveLength(0);
    expect(await upload(database.dataSource.manager, campaign, numbers)).toEqual({
      added: 4500,
      rejected: [],
      rejectedTotal: 0,
    });
  });

  it('refuses more rows than one upload may have', async () => {
    const campaign = await running([]);
    function* endless() {
      for (;;) yield { number: 'nobody', name: '', timeZone: null, consent: true };
    }
    const { manager } = database.dataSource;
    const options = { campaign, numberCountry: 'IL', skipInvalid: true };
    await expect(uploadContacts(manager, endless(), options)).rejects.toMatchObject({ status: 413 });
  });
});

it('calls a number no more often a day than allowed, over all campaigns of its business', async () => {
  const number = '+972501110020';
  const [first, second] = [await running([number]), await running([number])];
  await rows('UPDATE campaigns SET business_id = $1', [first.business_id]);
  await rows('UPDATE attempts SET business_id = $1', [first.business_id]);
  await rows(`UPDATE attempts SET state = 'accepted', asked_at = now() WHERE campaign_id = $1`, [first.id]);
  await rows(`UPDATE attempts SET state = 'published' WHERE campaign_id = $1`, [second.id]);
  const id = await attemptOf(second);
  expect(await claim(database, id, { leaseMs: 1000, accountCallsPerSecond: 10 })).toEqual({
    kind: 'settled',
  });
  expect(
    await rows('SELECT state, reason, due_at > now() AS later FROM attempts WHERE id = $1', [id]),
  ).toEqual([{ state: 'planned', reason: 'called often enough today', later: true }]);
});

it('pauses a campaign whose calls keep failing and says why; going on, it looks only at what came since', async () => {
  const campaign = await running(Array.from({ length: 9 }, (_, n) => `+97250111003${n}`));
  const end = (outcome: string, limit: number) =>
    rows(
      `UPDATE attempts SET state = 'done', outcome = $2, reason = 'SIP 503', changed_at = clock_timestamp()
       WHERE id IN (SELECT id FROM attempts WHERE campaign_id = $1 AND state <> 'done' ORDER BY id LIMIT $3)`,
      [campaign.id, outcome, limit],
    );
  await end('busy', 2);
  await end('failed', 2);
  await scheduler().tick();
  expect(await stateOf(campaign)).toBe('running');
  await end('failed', 1);
  await scheduler().tick();
  expect(await rows('SELECT state, state_reason FROM campaigns WHERE id = $1', [campaign.id])).toEqual([
    { state: 'paused', state_reason: '3 of the last 4 calls failed: SIP 503' },
  ]);
  await database.transaction((manager) => resumePaused(manager, campaign.id));
  await end('failed', 3);
  await scheduler().tick();
  expect(await stateOf(campaign)).toBe('running');
});

it('lets an answer of Twilio that comes after the lease decide nothing once the attempt was claimed again', async () => {
  const campaign = await running(['+972501110050']);
  await rows(`UPDATE attempts SET state = 'published'`);
  const id = await attemptOf(campaign);
  const claimedAgain = `UPDATE attempts SET state = 'asked', fence = fence + 1, lease_until = now() + interval '1 hour'`;
  const worker = new DialWorker({
    database,
    events,
    accounts: {
      defaultAccountSid: accountSid,
      account: () => ({
        createCall: async () => {
          await rows(claimedAgain);
          throw TwilioRestError.from({ status: 400, code: 21_211, message: 'invalid' }, 'create call', true);
        },
      }),
    } as unknown as TwilioAccounts,
    publicUrl: publicUrlOf({ publicUrl: 'https://frontdesk.example' }),
    leaseMs: 5000,
    accountCallsPerSecond: 10,
    callCheckMs: 1000,
  });
  const job = { data: { attemptId: id } } as DialAttemptJob;
  await worker.handle(job, new AbortController().signal);
  await worker[Symbol.asyncDispose]();
  expect(await states(campaign)).toEqual(['asked']);
});

describe('a machine', () => {
  const answeredBy = (sid: string, verdict: string) =>
    database.transaction(async (manager) => {
      const [attempt] = await manager.query<AttemptRow[]>('SELECT * FROM attempts');
      return noteAnsweredBy(manager, attempt!, {
        callSid: sid,
        answeredBy: verdict,
        isMachine: isMachine(verdict),
      });
    });
  const callSid = `CA${'a'.repeat(32)}`;
  const inProgress = async (policy: string): Promise<CampaignRow> => {
    const campaign = await running(['+972501110060']);
    await rows('UPDATE campaigns SET machine_policy = $1', [policy]);
    await rows(`UPDATE attempts SET state = 'in-progress', call_sid = $1`, [callSid]);
    return campaign;
  };

  it('that answers is hung up on, once and for all, and the call ends as one of a machine', async () => {
    const campaign = await inProgress('hang-up');
    const updates: unknown[] = [];
    const policy = new MachinePolicy({
      database,
      events,
      gateway: {} as ServiceClient,
      accounts: {
        defaultAccountSid: accountSid,
        account: () => ({ updateCall: (...args: unknown[]) => Promise.resolve(updates.push(args)) }),
      } as unknown as TwilioAccounts,
    });
    await answeredBy(callSid, 'machine_start');
    expect(await answeredBy(callSid, 'human')).toBeUndefined();
    await policy.tick();
    await policy.tick();
    expect(updates).toEqual([[callSid, { status: 'completed' }]]);
    await database.transaction(async (manager) => {
      const [attempt] = await manager.query<AttemptRow[]>('SELECT * FROM attempts FOR UPDATE');
      await applyStatus(manager, attempt!, { callSid, status: 'completed', sequence: 3, reason: null }, 1000);
    });
    expect((await countProgress(database.dataSource.manager, campaign.id)).byOutcome).toEqual({ machine: 1 });
  });

  it('is treated again when the gateway did not answer, and no more when the call is over', async () => {
    await inProgress('leave-message');
    let asked = 0;
    const policy = new MachinePolicy({
      database,
      events,
      gateway: { call: () => Promise.reject(new Error(`away ${++asked}`)) } as unknown as ServiceClient,
      accounts: {} as TwilioAccounts,
    });
    await answeredBy(callSid, 'machine_end_beep');
    await policy.tick();
    await rows(`UPDATE attempts SET machine_check_at = now()`);
    await policy.tick();
    await rows(`UPDATE attempts SET machine_check_at = now(), state = 'done', outcome = 'machine'`);
    await policy.tick();
    expect(asked).toBe(2);
    expect(await rows('SELECT 1 FROM attempts WHERE machine_check_at IS NOT NULL')).toEqual([]);
  });

  it('whose verdict comes after the call corrects how it ended', async () => {
    const campaign = await inProgress('hang-up');
    await rows(`UPDATE attempts SET state = 'done', outcome = 'answered'`);
    await rows(`UPDATE contacts SET outcome = 'answered'`);
    await answeredBy(callSid, 'machine_start');
    expect((await countProgress(database.dataSource.manager, campaign.id)).byOutcome).toEqual({ machine: 1 });
    expect(await rows('SELECT 1 FROM attempts WHERE machine_check_at IS NOT NULL')).toEqual([]);
  });
});

it('gives a job back to the backlog whose campaign’s rate is further away than a moment', async () => {
  const campaign = await running(['+972501110070']);
  await holdTickets(database.dataSource.manager, `campaign:${campaign.id}`, 1500);
  await rows(`UPDATE attempts SET state = 'published'`);
  const id = await attemptOf(campaign);
  expect(await claim(database, id, { leaseMs: 1000, accountCallsPerSecond: 10 })).toEqual({
    kind: 'settled',
  });
  expect(await rows('SELECT state, due_at > now() AS later FROM attempts')).toEqual([
    { state: 'planned', later: true },
  ]);
  const [ticket] = await rows<{ n: number }>(
    `SELECT count(*)::int AS n FROM pacing WHERE key LIKE 'account:%'`,
  );
  expect(ticket?.n).toBe(0); // nor is the account's ticket spent on it
});

it.each([1, 5, 50])(
  'gives no more than %d tickets in any second to three who take what they get',
  async (perSecond) => {
    const manager = database.dataSource.manager;
    const [from, seconds] = [performance.now(), 2.2];
    let taken = 0;
    const taker = async () => {
      while (performance.now() < from + seconds * 1000) {
        const waitMs = await takeTicket(manager, `account:rate-${perSecond}`, perSecond);
        if (waitMs === 0) taken += 1;
        else await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    };
    await Promise.all([taker(), taker(), taker()]);
    const { gap, slack } = gapOf(perSecond);
    const most = (stretch: number): number => Math.floor((stretch + slack) / gap + 1e-9) + 1;
    expect(most(1 - 1e-6)).toBeLessThanOrEqual(perSecond);
    expect(taken).toBeGreaterThan(perSecond);
    expect(taken).toBeLessThanOrEqual(most((performance.now() - from) / 1000));
  },
);
