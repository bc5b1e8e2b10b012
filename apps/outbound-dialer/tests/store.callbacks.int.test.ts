import { attemptChangedEvent } from '@frontdesk/contracts';
import { eventually } from '@frontdesk/test-harness';
import { applyStatus, type StatusEffect } from '../src/attempts/apply-status';
import { countProgress } from '../src/store/queries/count-progress';
import { markAsked } from '../src/store/queries/mark-asked';
import { type AttemptRow } from '../src/store/rows';

import { attemptOf, database, reconcilerWith, rows, running, states } from './dialer-store';

const callSid = `CA${'a'.repeat(32)}`;
const otherSid = `CA${'b'.repeat(32)}`;

const tell = async (
  attemptId: string,
  status: string,
  of: { callSid?: string; sequence?: number } = {},
): Promise<StatusEffect> => {
  const report = { callSid, sequence: null, reason: null, status, ...of };
  return (await applyStatus(database.dataSource.manager, attemptId, report, 1000)).effect;
};

/** One attempt whose call was asked for. */
const asked = async (over: Parameters<typeof running>[2] = {}) => {
  const campaign = await running(['+972501110101'], undefined, over);
  await rows(`UPDATE attempts SET state = 'asked', fence = 1, asked_at = now()`);
  return { campaign, id: await attemptOf(campaign) };
};

const told = async () => {
  const written = await rows<{ key: string; value: unknown }>('SELECT key, value FROM outbox ORDER BY id');
  return written
    .filter(({ value }) => (value as { type: string }).type === 'attempt.changed')
    .map(({ key, value }) => ({ key, ...attemptChangedEvent.parse(value) }));
};

it('moves an attempt by a callback in one statement, which counts it and tells of it', async () => {
  const { campaign, id } = await asked();
  const [row] = await rows<AttemptRow>('SELECT * FROM attempts');
  const query = jest.spyOn(database.dataSource.manager, 'query');
  expect(await tell(id, 'initiated')).toBe('moved');
  expect(await tell(id, 'ringing')).toBe('moved');
  expect(await tell(id, 'answered')).toBe('moved');
  expect(await tell(id, 'completed', { sequence: 3 })).toBe('ended');
  expect(query).toHaveBeenCalledTimes(4);
  query.mockRestore();
  const events = await told();
  expect(events.map(({ data }) => [data.state, data.outcome])).toEqual([
    ['accepted', null],
    ['ringing', null],
    ['in-progress', null],
    ['done', 'answered'],
  ]);
  expect(events[3]).toMatchObject({
    key: campaign.id,
    businessId: campaign.business_id,
    accountSid: campaign.account_sid,
    data: { campaignId: campaign.id, contactId: row!.contact_id, attemptId: id, callSid },
  });
  expect(new Set(events.map((event) => event.id)).size).toBe(4);
  expect(await rows('SELECT last_sequence FROM attempts')).toEqual([{ last_sequence: 3 }]);
  expect((await countProgress(database.dataSource.manager, campaign.id)).byOutcome).toEqual({ answered: 1 });
});

it('takes callbacks twice and in any order, and those of another call for what they are', async () => {
  const { id } = await asked();
  expect([
    await tell(id, 'answered'),
    await tell(id, 'answered'),
    await tell(id, 'ringing'),
    await tell(id, 'ringing', { callSid: otherSid }),
    await tell(id, 'completed', { callSid: otherSid }),
    await tell(id, 'something new'),
    await tell(id, 'completed'),
    await tell(id, 'busy'),
    await tell(id, 'initiated'),
    await tell(id, 'completed', { callSid: otherSid }),
    await tell('019a0000-0000-7000-8000-000000000000', 'completed'),
  ]).toEqual([
    'moved',
    'repeated',
    'repeated',
    'second-call',
    'second-call',
    'unknown-status',
    'ended',
    'repeated',
    'repeated',
    'second-call',
    'unknown-attempt',
  ]);
  expect((await told()).map(({ data }) => data.state)).toEqual(['in-progress', 'done']);
  expect(await rows('SELECT outcome, call_sid FROM attempts')).toEqual([
    { outcome: 'answered', call_sid: callSid },
  ]);
});

it('plans the next attempt with the end of one that was busy, and ends the contact with the last', async () => {
  const { campaign, id } = await asked({ maxAttempts: 2 });
  expect(await tell(id, 'busy')).toBe('ended');
  expect(await rows('SELECT number, state, due_at > now() AS later FROM attempts ORDER BY number')).toEqual([
    { number: 1, state: 'done', later: false },
    { number: 2, state: 'planned', later: true },
  ]);
  const progress = () => countProgress(database.dataSource.manager, campaign.id);
  expect(await progress()).toMatchObject({ queued: 1, dialling: 0, done: 0 });
  const [next] = await rows<{ id: string }>('SELECT id FROM attempts WHERE number = 2');
  expect(await tell(next!.id, 'no-answer', { callSid: otherSid })).toBe('ended');
  expect(await progress()).toMatchObject({ queued: 0, dialling: 0, byOutcome: { 'no-answer': 1 } });
  expect((await told()).map(({ data }) => data.outcome)).toEqual(['busy', 'no-answer']);
});

it('takes no lock for what tells nothing new', async () => {
  const { id } = await asked();
  await tell(id, 'answered');
  await database.transaction(async (manager) => {
    await manager.query('SELECT 1 FROM attempts FOR UPDATE');
    expect(await tell(id, 'ringing')).toBe('repeated');
    expect(await tell(id, 'initiated', { callSid: otherSid })).toBe('second-call');
  });
});

describe('a callback that waits for another change of the same moment', () => {
  /** What the callback did that came while `change` was made and not committed. */
  const during = async (id: string, change: string, status: string): Promise<StatusEffect> => {
    let effect: Promise<StatusEffect> | undefined;
    await database.transaction(async (manager) => {
      await manager.query(change);
      effect = tell(id, status);
      await eventually(async () => {
        const waiting = await rows(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        expect(waiting).not.toEqual([]);
      });
    });
    return effect!;
  };

  it.each([
    ['is overtaken by it', `state = 'in-progress', call_sid = '${callSid}'`, 'ringing', 'repeated'],
    ['goes on from it', `state = 'ringing', call_sid = '${callSid}'`, 'answered', 'moved'],
    [
      'finds the attempt ended',
      `state = 'done', outcome = 'busy', call_sid = '${callSid}'`,
      'completed',
      'repeated',
    ],
    ['finds another call there', `state = 'accepted', call_sid = '${otherSid}'`, 'ringing', 'second-call'],
    ['ends a call of which another is known now', `call_sid = '${otherSid}'`, 'completed', 'second-call'],
  ])('%s', async (_, change, status, effect) => {
    const { id } = await asked();
    expect(await during(id, `UPDATE attempts SET ${change}`, status)).toBe(effect);
  });

  it('ends as one of a machine when the verdict was written then', async () => {
    const { campaign, id } = await asked();
    expect(await during(id, `UPDATE attempts SET answered_by = 'machine_start'`, 'completed')).toBe('ended');
    expect((await countProgress(database.dataSource.manager, campaign.id)).byOutcome).toEqual({ machine: 1 });
  });

  it('ends the contact although its opening line was written then', async () => {
    const { campaign, id } = await asked();
    expect(await during(id, `UPDATE contacts SET opening_text = 'hello'`, 'completed')).toBe('ended');
    expect(await rows('SELECT outcome, opening_text FROM contacts')).toEqual([
      { outcome: 'answered', opening_text: 'hello' },
    ]);
    expect(await states(campaign)).toEqual(['done']);
  });
});

it('marks an attempt as asked and tells of it in one statement, and once', async () => {
  const campaign = await running(['+972501110102']);
  await rows(`UPDATE attempts SET state = 'claimed', fence = 1, lease_until = now() + interval '1 hour'`);
  const id = await attemptOf(campaign);
  const { manager } = database.dataSource;
  const query = jest.spyOn(manager, 'query');
  expect(await markAsked(manager, { id, fence: 1 })).toMatchObject({ id, state: 'asked' });
  expect(query).toHaveBeenCalledTimes(1);
  query.mockRestore();
  expect(await markAsked(manager, { id, fence: 1 })).toBeUndefined();
  expect((await told()).map(({ data }) => data.state)).toEqual(['asked']);
});

it('tells of every attempt that is moved with others, each by an event of its own', async () => {
  const campaign = await running(['+972501110103', '+972501110104', '+972501110105']);
  await rows(`UPDATE attempts SET state = 'claimed', lease_until = now() - interval '1 second'`);
  await reconcilerWith(() => ({})).expireLeases();
  const events = await told();
  const attempts = await rows<{ id: string }>('SELECT id FROM attempts');
  expect(events.map(({ data }) => data.attemptId).sort()).toEqual(attempts.map(({ id }) => id).sort());
  expect(new Set(events.map((event) => event.id)).size).toBe(3);
  expect(events.every(({ key, data }) => key === campaign.id && data.state === 'planned')).toBe(true);
});
