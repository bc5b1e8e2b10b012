import { type DialAttemptJob } from '@frontdesk/contracts';
import { newId } from '@frontdesk/runtime';
import { publicUrlOf, TwilioRestError, type TwilioAccounts } from '@frontdesk/telephony';
import { setTimeout as sleep } from 'node:timers/promises';
import { claim } from '../src/attempts/claim';
import { DialWorker } from '../src/attempts/dial-worker';
import { pauseRunning, resumePaused } from '../src/campaigns/transitions';
import { markAsked } from '../src/store/queries/mark-asked';
import { holdTickets, takeTicket } from '../src/store/queries/take-ticket';

import {
  accountSid,
  attemptOf,
  database,
  events,
  rows,
  running,
  scheduler,
  stateOf,
  states,
} from './dialer-store';

it('calls a number no more often a day than allowed, over all campaigns of its business', async () => {
  const number = '+972501110020';
  const [first, second] = [await running([number]), await running([number])];
  await rows('UPDATE campaigns SET business_id = $1', [first.business_id]);
  await rows('UPDATE attempts SET business_id = $1', [first.business_id]);
  await rows(`UPDATE attempts SET state = 'accepted', asked_at = now() WHERE campaign_id = $1`, [first.id]);
  await rows(`UPDATE attempts SET state = 'published' WHERE campaign_id = $1`, [second.id]);
  const id = await attemptOf(second);
  expect(await claim(database, id, { leaseMs: 1000, accountCallsPerSecond: 10 })).toMatchObject({
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

it('gives a job back to the backlog whose campaign’s rate is further away than a moment', async () => {
  const campaign = await running(['+972501110070']);
  await holdTickets(database.dataSource.manager, `campaign:${campaign.id}`, 1500);
  await rows(`UPDATE attempts SET state = 'published'`);
  const id = await attemptOf(campaign);
  expect(await claim(database, id, { leaseMs: 1000, accountCallsPerSecond: 10 })).toMatchObject({
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

const SECOND_MS = 1000;
/** Tickets that some take who take what they get and now and then are late, in the order of their times, ms. */
const ticketsOf = async (perSecond: number, takers: number, forMs: number): Promise<number[]> => {
  const manager = database.dataSource.manager;
  const taken: number[] = [];
  const until = performance.now() + forMs;
  const taker = async (): Promise<void> => {
    while (performance.now() < until) {
      const ticket = await takeTicket(manager, `account:rate-${perSecond}`, perSecond);
      if (ticket.kind === 'taken') taken.push(Date.parse(ticket.at));
      const lateMs = taken.length % 20 === 19 ? 60 : 0;
      await sleep((ticket.kind === 'wait' ? ticket.ms : 0) + lateMs);
    }
  };
  await Promise.all(Array.from({ length: takers }, taker));
  return taken.sort((a, b) => a - b);
};

it.each([1, 5, 30, 50])(
  'gives no more than %d tickets in any second to three who take what they get',
  async (perSecond) => {
    const taken = await ticketsOf(perSecond, 3, 3200);
    const fullest = Math.max(
      ...taken.map((from) => taken.filter((at) => at >= from && at < from + SECOND_MS).length),
    );
    expect(fullest).toBeLessThanOrEqual(perSecond);
    expect(taken.length).toBeGreaterThan(2 * perSecond);
  },
);

it('makes up for lateness at a high rate, and for no more than a quarter of a second', async () => {
  const { manager } = database.dataSource;
  await takeTicket(manager, 'account:late', 50);
  await rows(`UPDATE pacing SET next_at = next_at - interval '1 hour', taken = '{}'`);
  const taken: number[] = [];
  for (;;) {
    const ticket = await takeTicket(manager, 'account:late', 50);
    if (ticket.kind === 'wait') break;
    taken.push(Date.parse(ticket.at));
  }
  // A quarter of a second at 49 a second, and what fell due while they were taken one after the other.
  const meanwhile = ((taken.at(-1)! - taken[0]!) / SECOND_MS) * 49;
  expect(taken.length).toBeGreaterThanOrEqual(12);
  expect(taken.length).toBeLessThanOrEqual(12.25 + meanwhile + 2);
});

it.each([
  ['was paused', `UPDATE campaigns SET state = 'paused'`],
  [
    'belongs to a person who opted out',
    `INSERT INTO do_not_call (business_id, number, reason) VALUES (NULL, '+972501110080', '')`,
  ],
])('does not ask Twilio any more for a claimed attempt whose campaign %s meanwhile', async (_, change) => {
  await running(['+972501110080']);
  await rows(`UPDATE attempts SET state = 'published'`);
  const [{ id } = { id: '' }] = await rows<{ id: string }>('SELECT id FROM attempts');
  const claimed = await claim(database, id, { leaseMs: 5000, accountCallsPerSecond: 10 });
  if (claimed.kind !== 'claimed') throw new Error(claimed.kind);
  await rows(change);
  expect(await markAsked(database.dataSource.manager, claimed.attempt)).toBeUndefined();
  await rows('DELETE FROM do_not_call');
});

it('sees a campaign fail that was started by a release which knew of no resuming', async () => {
  const campaign = await running(Array.from({ length: 5 }, (_, n) => `+97250111009${n}`));
  await rows('UPDATE campaigns SET resumed_at = NULL');
  await rows(`UPDATE attempts SET state = 'done', outcome = 'failed', changed_at = clock_timestamp()`);
  await scheduler().tick();
  expect(await stateOf(campaign)).toBe('paused');
});

it('holds the calls of one business at once over all its campaigns, those on the line included', async () => {
  const businessId = newId();
  const over = { businessId, callsPerSecond: 10 };
  const paused = await running(['+972501110090'], accountSid, over);
  await rows(`UPDATE attempts SET state = 'in-progress' WHERE campaign_id = $1`, [paused.id]);
  await database.transaction((manager) => pauseRunning(manager, paused.id, null));
  const campaigns = [
    await running(['+972501110091', '+972501110092'], accountSid, over),
    await running(['+972501110093', '+972501110094'], accountSid, over),
    await running(['+972501110095'], accountSid, { callsPerSecond: 10 }),
  ];
  const published = async (): Promise<number[]> => {
    await scheduler().tick();
    const all = await Promise.all(campaigns.map(states));
    return all.map((ofCampaign) => ofCampaign.filter((state) => state === 'published').length);
  };
  expect(await published()).toEqual([1, 1, 1]); // three of the business at most, and one talks
  expect(await published()).toEqual([1, 1, 1]);
  await rows(`UPDATE attempts SET state = 'done', outcome = 'answered' WHERE campaign_id = $1`, [paused.id]);
  expect((await published()).reduce((sum, n) => sum + n)).toBe(4);
});

it('serves a business with one campaign as often as one with many', async () => {
  const many = { businessId: newId(), callsPerSecond: 10, maxConcurrentCalls: 100 };
  for (let n = 0; n < 4; n++) await running([`+97250111010${n}`, `+97250111011${n}`], accountSid, many);
  const one = await running(['+972501110120', '+972501110121'], accountSid, { callsPerSecond: 10 });
  const admitted: boolean[] = [];
  for (let n = 0; n < 4; n++) {
    await scheduler({ accountCallsPerSecond: 1, businessConcurrentCalls: 100 }).tick();
    const moved = await rows<{ campaign_id: string }>(
      `UPDATE attempts SET state = 'done', outcome = 'answered' WHERE state = 'published' RETURNING campaign_id`,
    );
    admitted.push(JSON.stringify(moved).includes(one.id));
  }
  expect(admitted.filter(Boolean)).toHaveLength(2);
});

it('stores the country of a number in two letters or not at all, for the release before reads nothing else', async () => {
  const campaign = await running(['+12390000000', '+6189160000', '+80012345678', '+972501110130']);
  expect(
    await rows('SELECT number, country FROM contacts WHERE campaign_id = $1 ORDER BY number', [campaign.id]),
  ).toEqual([
    { number: '+12390000000', country: null },
    { number: '+6189160000', country: null },
    { number: '+80012345678', country: null },
    { number: '+972501110130', country: 'IL' },
  ]);
});

it('finds the country in the number where an earlier release stored none, when it admits and when it claims', async () => {
  const campaign = await running(['+972501110131']);
  await rows('UPDATE contacts SET country = NULL');
  await rows(`UPDATE campaigns SET time_zone = 'Mars/Olympus'`); // the one that counts where no country is found
  await scheduler().tick();
  expect(await states(campaign)).toEqual(['published']);
  const id = await attemptOf(campaign);
  expect(await claim(database, id, { leaseMs: 1000, accountCallsPerSecond: 10 })).toMatchObject({
    kind: 'claimed',
  });
});

const unknownZone = 'the time zone "Mars/Olympus" of the campaign is unknown here';

it('pauses a campaign whose time zone is unknown here, and ends no attempt: when it is due', async () => {
  const campaign = await running(['+80012345601', '+80012345602'], accountSid, { callsPerSecond: 10 });
  await rows(`UPDATE campaigns SET time_zone = 'Mars/Olympus'`);
  await scheduler().tick();
  expect(await rows('SELECT state, state_reason FROM campaigns')).toEqual([
    { state: 'paused', state_reason: unknownZone },
  ]);
  expect(await states(campaign)).toEqual(['planned', 'planned']);
});

it('pauses a campaign whose time zone is unknown here, and ends no attempt: when it is claimed', async () => {
  const campaign = await running(['+80012345603']);
  await scheduler().tick();
  await rows(`UPDATE campaigns SET time_zone = 'Mars/Olympus'`);
  const id = await attemptOf(campaign);
  expect(await claim(database, id, { leaseMs: 1000, accountCallsPerSecond: 10 })).toEqual({
    kind: 'settled',
    reason: unknownZone,
  });
  expect(await rows('SELECT state, state_reason FROM campaigns')).toEqual([
    { state: 'paused', state_reason: unknownZone },
  ]);
  expect(await rows('SELECT state, reason FROM attempts')).toEqual([
    { state: 'planned', reason: unknownZone },
  ]);
});

it('puts off a contact whose time zone is unknown here, by about an hour, and says why', async () => {
  await running(['+80012345604', '+80012345605'], accountSid, { callsPerSecond: 10 });
  await rows(`UPDATE contacts SET time_zone = 'Mars/Olympus' WHERE number LIKE '%604'`);
  await scheduler().tick();
  expect(
    await rows(`SELECT state, reason, due_at > now() + interval '55 minutes' AS later
      FROM attempts ORDER BY to_number`),
  ).toEqual([
    { state: 'planned', reason: 'the time zone "Mars/Olympus" is unknown here', later: true },
    { state: 'published', reason: null, later: false },
  ]);
});
