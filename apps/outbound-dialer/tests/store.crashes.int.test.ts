import { type DialAttemptJob } from '@frontdesk/contracts';
import { publicUrlOf, type TwilioCall, TwilioRestError } from '@frontdesk/telephony';
import { applyStatus } from '../src/attempts/apply-status';
import { claim } from '../src/attempts/claim';
import { DialWorker } from '../src/attempts/dial-worker';
import { askAgain } from '../src/attempts/not-placed';
import { cancelOpen, pauseRunning, resumePaused } from '../src/campaigns/transitions';
import { Reconciler } from '../src/reconciling/reconciler';
import { markAsked } from '../src/store/queries/mark-asked';
import { takeChecks } from '../src/store/queries/take-checks';
import { type AttemptRow } from '../src/store/rows';
import { attemptOf, database, events, rows, running, scheduler, stateOf, states } from './dialer-store';
import { FakeTwilio } from './fake-twilio';

/** Each line of "Where a process may die" in docs/attempts.md, by what it leaves behind. */

let twilio: FakeTwilio;
beforeEach(() => {
  twilio = new FakeTwilio();
});

const workerOf = (over: Partial<ConstructorParameters<typeof DialWorker>[0]> = {}): DialWorker =>
  new DialWorker({
    database,
    events,
    accounts: twilio.accounts,
    publicUrl: publicUrlOf({ publicUrl: 'https://frontdesk.example' }),
    leaseMs: 5000,
    accountCallsPerSecond: 10,
    callCheckMs: 1000,
    ...over,
  });
const reconcilerOf = (): Reconciler =>
  new Reconciler({
    database,
    accounts: twilio.accounts,
    events,
    reconcileIntervalMs: 60_000,
    callCheckMs: 1000,
  });
const job = (attemptId: string) => ({ accountSid: null, data: { attemptId } }) as DialAttemptJob;
const handle = async (attemptId: string, over?: Parameters<typeof workerOf>[0]): Promise<void> => {
  const worker = workerOf(over);
  await worker.handle(job(attemptId), new AbortController().signal);
  await worker[Symbol.asyncDispose]();
};

/** One admitted attempt. */
const published = async (number: string) => {
  const campaign = await running([number]);
  await scheduler().tick();
  expect(await states(campaign)).toEqual(['published']);
  return { campaign, id: await attemptOf(campaign) };
};
const claimed = async (number: string) => {
  const attempt = await published(number);
  const claim_ = await claim(database, attempt.id, { leaseMs: 5000, accountCallsPerSecond: 10 });
  if (claim_.kind !== 'claimed') throw new Error(claim_.kind);
  return { ...attempt, row: claim_.attempt };
};
/** As time passes: leases run out, checks fall due, tickets may be taken. */
const later = async (): Promise<void> => {
  await rows(`UPDATE attempts SET lease_until = lease_until - interval '1 hour', due_at = due_at - interval '1 hour',
    check_at = check_at - interval '1 hour'`);
  await rows(`UPDATE pacing SET next_at = next_at - interval '1 hour'`);
};
/** Whatever is left of it, as live workers see to it, until nothing changes any more. */
const settle = async (attemptId: string, rounds = 6): Promise<void> => {
  for (let round = 0; round < rounds; round++) {
    await later();
    await reconcilerOf().tick();
    await scheduler().tick();
    await handle(attemptId);
  }
};
const outcome = async (): Promise<string | null | undefined> =>
  (await rows<AttemptRow>('SELECT * FROM attempts'))[0]?.outcome;

it('plans a claimed attempt again when its worker died, and lets that worker ask no more', async () => {
  const { campaign, id, row } = await claimed('+972501120001');
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['claimed']); // within its lease
  await later();
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['planned']);
  await scheduler().tick();
  await claim(database, id, { leaseMs: 5000, accountCallsPerSecond: 10 });
  expect(await states(campaign)).toEqual(['claimed']);
  expect(await markAsked(database.dataSource.manager, row)).toBeUndefined();
  await settle(id);
  expect(twilio.placed).toHaveLength(1);
});

it('dials an attempt again whose worker died before the request, once the list showed nothing twice', async () => {
  const { campaign, id, row } = await claimed('+972501120002');
  await markAsked(database.dataSource.manager, row);
  await later();
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['unknown']);
  expect(twilio.looks).toBe(1);
  await reconcilerOf().tick();
  expect(twilio.looks).toBe(1); // not before its time
  await later();
  await reconcilerOf().tick();
  expect(twilio.looks).toBe(2);
  expect(await states(campaign)).toEqual(['planned']);
  await settle(id);
  expect([twilio.placed.length, await outcome()]).toEqual([1, 'answered']);
});

it('adopts the call of a worker that died before it stored the answer, also when the list lags', async () => {
  const { campaign, id, row } = await claimed('+972501120003');
  const asked = await markAsked(database.dataSource.manager, row);
  await twilio.accounts.account('').createCall({ to: asked!.to_number, from: asked!.from_number } as never);
  twilio.isListed = () => twilio.looks > 1;
  await later();
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['unknown']);
  await settle(id);
  expect([twilio.placed.length, await outcome()]).toEqual([1, 'answered']);
});

it('adopts its call also when the clock of Twilio is minutes behind ours, and no call of long ago', async () => {
  const MINUTE_MS = 60_000;
  const { campaign, id, row } = await claimed('+972501120016');
  const asked = await markAsked(database.dataSource.manager, row);
  const placedAgo = (ms: number, sid: string) => {
    const createdAt = new Date(asked!.asked_at!.getTime() - ms);
    const { to_number: to, from_number: from } = asked!;
    return { sid, to, from, parentCallSid: null, createdAt } as unknown as TwilioCall;
  };
  twilio.placed.push(placedAgo(60 * MINUTE_MS, `CA${'f'.repeat(32)}`));
  await later();
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['unknown']);
  const behind = `CA${'b'.repeat(32)}`;
  twilio.placed.push(placedAgo(4 * MINUTE_MS, behind));
  await settle(id);
  expect(twilio.placed).toHaveLength(2);
  expect(await rows('SELECT call_sid FROM attempts')).toEqual([{ call_sid: behind }]);
});

it('adopts no call that another attempt has, and none that a call dialled itself', async () => {
  const { campaign, row } = await claimed('+972501120004');
  const asked = await markAsked(database.dataSource.manager, row);
  const between = { to: asked!.to_number, from: asked!.from_number, createdAt: new Date() };
  const transfer = { ...between, sid: `CA${'c'.repeat(32)}`, parentCallSid: `CA${'d'.repeat(32)}` };
  const known = { ...between, sid: `CA${'e'.repeat(32)}`, parentCallSid: null };
  await rows(
    `INSERT INTO attempts (id, campaign_id, contact_id, business_id, account_sid, from_number, to_number, number, state, outcome, call_sid)
     SELECT gen_random_uuid(), campaign_id, contact_id, business_id, account_sid, from_number, to_number, 7, 'done', 'busy', $1
     FROM attempts`,
    [known.sid],
  );
  twilio.placed.push(transfer as never, known as never);
  await later();
  await reconcilerOf().tick();
  expect(await rows('SELECT state, listings FROM attempts WHERE number = 1')).toEqual([
    { state: 'unknown', listings: 1 },
  ]);
  expect(await stateOf(campaign)).toBe('running');
});

it('counts two looks of two reconcilers at the same moment as one, and begins the second a minute after the first', async () => {
  const { campaign, row } = await claimed('+972501120005');
  await markAsked(database.dataSource.manager, row);
  await later();
  await reconcilerOf().expireLeases();
  let answer: () => void = () => undefined;
  const answered = new Promise<void>((resolve) => (answer = resolve));
  let bothLook: () => void = () => undefined;
  const looking = new Promise<void>((resolve) => (bothLook = resolve));
  twilio.beforeListing = () => {
    if (twilio.looks === 2) bothLook();
    return answered;
  };
  const one = reconcilerOf().tick();
  // Twilio is slow to answer, and a minute is over before the first look is.
  while (twilio.looks < 1) await new Promise((resolve) => setImmediate(resolve));
  await later();
  const other = reconcilerOf().tick();
  await looking;
  await later();
  answer();
  await Promise.all([one, other]);
  expect(await states(campaign)).toEqual(['unknown']);
  expect(
    await rows(
      `SELECT listings, check_at > clock_timestamp() + interval '50 seconds' AS later FROM attempts`,
    ),
  ).toEqual([{ listings: 1, later: true }]);
});

it('stores an answer that comes after the lease, and decides by a callback at once what is unknown', async () => {
  const { campaign, id } = await published('+972501120006');
  twilio.afterPlacing = async () => {
    await later();
    await reconcilerOf().expireLeases();
    expect(await states(campaign)).toEqual(['unknown']);
  };
  await handle(id);
  expect(await states(campaign)).toEqual(['accepted']);

  const second = await claimed('+972501120007');
  await markAsked(database.dataSource.manager, second.row);
  await later();
  await reconcilerOf().expireLeases();
  const report = { callSid: `CA${'9'.repeat(32)}`, status: 'ringing', sequence: 1, reason: null };
  expect((await applyStatus(database.dataSource.manager, second.id, report, 1000)).effect).toBe('moved');
  expect(await states(second.campaign)).toEqual(['ringing']);
});

it('does not ask when it was held up for long after writing that it asks', async () => {
  const { campaign, id } = await published('+972501120008');
  const now = performance.now.bind(performance);
  let heldUpMs = 0;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => now() + (heldUpMs += 5100));
  await handle(id);
  clock.mockRestore();
  expect([await states(campaign), twilio.placed.length]).toEqual([['asked'], 0]);
  await settle(id);
  expect([twilio.placed.length, await outcome()]).toEqual([1, 'answered']);
});

it('asks Twilio for a call of which nothing was heard, and again when the one who asked died', async () => {
  const { campaign, id } = await published('+972501120009');
  await handle(id);
  expect(await states(campaign)).toEqual(['accepted']);
  await later();
  const taken = await database.transaction((manager) => takeChecks(manager, ['accepted'], 60_000, 10));
  expect(taken).toHaveLength(1); // and here it dies
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['accepted']);
  await later();
  await reconcilerOf().tick();
  expect([await states(campaign), await outcome()]).toEqual([['done'], 'answered']);
});

it('publishes an attempt again whose job was lost, and claims nothing when the lost one comes after all', async () => {
  const { campaign, id } = await published('+972501120010');
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['published']);
  await rows(`UPDATE attempts SET changed_at = now() - interval '61 seconds'`);
  await reconcilerOf().tick();
  expect(await states(campaign)).toEqual(['planned']);
  await handle(id);
  expect(twilio.placed).toHaveLength(0);
  await scheduler().tick();
  await handle(id);
  await handle(id);
  expect(twilio.placed).toHaveLength(1);
});

it('places one call for a job that two workers got at the same moment', async () => {
  const { id } = await published('+972501120011');
  await Promise.all([handle(id), handle(id), handle(id)]);
  expect(twilio.placed).toHaveLength(1);
});

it('asks nobody while the database is away', async () => {
  const { id } = await published('+972501120012');
  const away = Object.create(database) as typeof database;
  away.transaction = () => Promise.reject(new Error('the database is away'));
  await expect(handle(id, { database: away })).rejects.toThrow('the database is away');
  expect(twilio.placed).toHaveLength(0);
});

it('claims no attempt while another between the same numbers is undecided', async () => {
  const first = await claimed('+972501120013');
  const second = await running(['+972501120013'], undefined, { maxAttemptsPerDay: 5 });
  await rows(`UPDATE campaigns SET max_attempts_per_day = 5`);
  await rows(`UPDATE attempts SET state = 'published' WHERE campaign_id = $1`, [second.id]);
  await later();
  await rows(`UPDATE attempts SET lease_until = now() + interval '1 hour' WHERE campaign_id = $1`, [
    first.campaign.id,
  ]);
  await handle(await attemptOf(second));
  expect(twilio.placed).toHaveLength(0);
  expect(await rows('SELECT state, reason FROM attempts WHERE campaign_id = $1', [second.id])).toEqual([
    { state: 'planned', reason: 'another call between these numbers is undecided' },
  ]);
});

it.each<[string, string, string | null, typeof cancelOpen]>([
  ['paused', 'planned', null, (manager, id) => pauseRunning(manager, id, null)],
  ['cancelled', 'done', 'canceled', cancelOpen],
])('places no call for a job that lies in Kafka when its campaign is %s', async (_, state, ended, move) => {
  const { campaign, id } = await published('+972501120014');
  await database.transaction((manager) => move(manager, campaign.id));
  await handle(id);
  expect([await states(campaign), await outcome(), twilio.placed.length]).toEqual([[state], ended, 0]);
});

it('gives a claimed attempt back at once, unasked, when its campaign is paused before the request', async () => {
  const { campaign, id } = await published('+972501120015');
  const racing = Object.create(database) as typeof database;
  racing.transaction = async (work) => {
    const result = await database.transaction(work);
    await database.transaction((manager) => pauseRunning(manager, campaign.id, null));
    return result;
  };
  await handle(id, { database: racing });
  expect([await states(campaign), twilio.placed.length]).toEqual([['planned'], 0]);
});

describe('a request that Twilio refuses', () => {
  const refusing = (status: number, code: number, message = 'refused'): void => {
    twilio.afterPlacing = () => {
      twilio.placed.pop();
      return Promise.reject(TwilioRestError.from({ status, code, message }, 'create call', true));
    };
  };

  it('pauses the campaign and blames no contact when it is the caller’s number', async () => {
    const { campaign, id } = await published('+972501120020');
    refusing(400, 21_210, 'From is not yours');
    await handle(id);
    expect(await states(campaign)).toEqual(['planned']);
    expect(await rows('SELECT state, state_reason FROM campaigns')).toEqual([
      { state: 'paused', state_reason: 'Twilio create call: From is not yours' },
    ]);
  });

  it('is repeated later and later, and after so many times pauses the campaign, ending no contact', async () => {
    const { campaign, id } = await published('+972501120021');
    refusing(429, 20_429, 'too many');
    await handle(id);
    expect(await rows('SELECT state, refusals, due_at > now() AS later FROM attempts')).toEqual([
      { state: 'planned', refusals: 1, later: true },
    ]);
    await settle(id, askAgain.attempts);
    const reason = 'asked 10 times: Twilio create call: too many';
    expect(await rows('SELECT state, state_reason FROM campaigns')).toEqual([
      { state: 'paused', state_reason: reason },
    ]);
    // Counted anew when the campaign goes on.
    expect(await rows('SELECT state, reason, refusals FROM attempts')).toEqual([
      { state: 'planned', reason, refusals: 0 },
    ]);
    twilio.afterPlacing = () => Promise.resolve();
    await database.transaction((manager) => resumePaused(manager, campaign.id));
    await settle(id);
    expect([await outcome(), twilio.placed.length]).toEqual(['answered', 1]);
  });

  it('ends as failed too when each time nobody knows, and the list never shows a call', async () => {
    const { campaign, id } = await published('+972501120022');
    refusing(500, 20_500);
    await settle(id, 3 * askAgain.attempts);
    expect(await states(campaign)).toEqual(['done']);
    expect(await rows('SELECT outcome, reason FROM attempts')).toEqual([
      { outcome: 'failed', reason: 'asked 10 times: Twilio never placed the call' },
    ]);
  });
});
