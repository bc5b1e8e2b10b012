import { Metrics, silentLogger } from '@frontdesk/observability';
import { TwilioRestError, type TwilioCalls } from '@frontdesk/telephony';
import { projectEvent } from '../src/call-log/project-event';
import { discoverCalls } from '../src/reconcile/discover-calls';
import { oldCallsRefresh } from '../src/reconcile/refresh-old-calls';
import { Reconciler } from '../src/reconcile/reconciler';
import { applyReport } from '../src/recording/apply-report';
import {
  apply,
  BUSINESS,
  eventsOfCall,
  newCallSid,
  newRecordingSid,
  openStore,
  reportOf,
  scriptedTwilio,
  type Store,
  twilioCall,
  twilioRecording,
} from './fixtures';

let store: Store;
beforeAll(async () => (store = await openStore()));
afterAll(() => store[Symbol.asyncDispose]());

const project = async (events: ReturnType<typeof eventsOfCall>): Promise<void> => {
  for (const event of events)
    await store.database.transaction((manager) => projectEvent(manager, event, 60_000));
};
const report = (given: ReturnType<typeof reportOf>): Promise<boolean> =>
  store.database.transaction((manager) => applyReport(manager, given, apply));
const makeDue = (callSid: string): Promise<unknown> =>
  store.rows(`UPDATE calls SET reconcile_after = now() - interval '1 second' WHERE call_sid = $1`, [callSid]);

const runReconciler = async (script: Partial<TwilioCalls>): Promise<void> => {
  await using reconciler = Reconciler.start({
    database: store.database,
    accounts: scriptedTwilio(script),
    chores: {},
    apply,
    intervalMs: 3_600_000,
    logger: silentLogger,
    metrics: new Metrics({ withProcessMetrics: false }),
  });
  await reconciler.runOnce();
};

describe('the reconciler', () => {
  it('finds the recording of a call whose callback was lost, and queues its transcription', async () => {
    const [callSid, sid] = [newCallSid(), newRecordingSid()];
    await project(eventsOfCall(callSid));
    await makeDue(callSid);
    const url = 'https://api.twilio.com/lost';
    await runReconciler({
      listRecordings: async () => [twilioRecording(callSid, sid, { status: 'completed', url })],
    });
    expect(
      await store.rows('SELECT recording_url, reconcile_after FROM calls WHERE call_sid = $1', [callSid]),
    ).toEqual([{ recording_url: url, reconcile_after: null }]);
    expect(await store.rows('SELECT 1 FROM outbox WHERE key = $1', [callSid])).toHaveLength(1);
  });

  it('finds the end of a call whose gateway died, and leaves a live one alone', async () => {
    const [over, live] = [newCallSid(), newCallSid()];
    await project([eventsOfCall(over)[1]!, eventsOfCall(live)[1]!]);
    await makeDue(over);
    await makeDue(live);
    await runReconciler({
      fetchCall: async (sid) => twilioCall(sid, { status: sid === over ? 'completed' : 'in-progress' }),
      listRecordings: async () => [],
    });
    expect(
      await store.rows('SELECT ended_at, end_reason, from_number FROM calls WHERE call_sid = $1', [over]),
    ).toEqual([
      { ended_at: new Date('2026-11-20T10:05:00Z'), end_reason: 'completed', from_number: '+972501234567' },
    ]);
    expect(
      await store.rows('SELECT ended_at, reconcile_after > now() AS later FROM calls WHERE call_sid = $1', [
        live,
      ]),
    ).toEqual([{ ended_at: null, later: true }]);
    // The event, when it comes after all, knows better.
    await project(eventsOfCall(over));
    expect(await store.rows('SELECT end_reason FROM calls WHERE call_sid = $1', [over])).toEqual([
      { end_reason: 'caller-hung-up' },
    ]);
  });

  it('asks ever more rarely, and stops for a call that has no recording', async () => {
    const callSid = newCallSid();
    await project(eventsOfCall(callSid));
    let looks = 0;
    for (let round = 0; round < 9; round++) {
      await store.rows(
        `UPDATE calls SET reconcile_after = now() - interval '1 second' WHERE call_sid = $1 AND reconcile_after IS NOT NULL`,
        [callSid],
      );
      await runReconciler({ listRecordings: async () => (looks++, []) });
    }
    expect(looks).toBe(6);
  });

  it('looks at all calls that are due in one round, a few at a time', async () => {
    const callSids = Array.from({ length: 30 }, newCallSid);
    for (const callSid of callSids) {
      await project([eventsOfCall(callSid)[0]!]);
      await makeDue(callSid);
    }
    let [underWay, most] = [0, 0];
    const looked: string[] = [];
    await runReconciler({
      fetchCall: async (callSid) => {
        looked.push(callSid);
        most = Math.max(most, ++underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        return twilioCall(callSid, { status: 'in-progress' });
      },
    });
    expect(looked.sort()).toEqual([...callSids].sort());
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
  });

  it('looks again for a message that was left after everything else was settled', async () => {
    const [callSid, message] = [newCallSid(), newRecordingSid()];
    await project(eventsOfCall(callSid));
    await report(reportOf(callSid, newRecordingSid()));
    await report(reportOf(callSid, message, { kind: 'message', status: 'processing' }));
    expect(
      await store.rows(
        'SELECT reconcile_after > now() AS later, has_message FROM calls WHERE call_sid = $1',
        [callSid],
      ),
    ).toEqual([{ later: true, has_message: true }]);
  });

  it('finds a call of one of our numbers that nobody told of, and leaves those of other programs alone', async () => {
    await project(eventsOfCall(newCallSid()));
    const [ours, foreign, leg, fresh, erased] = Array.from({ length: 5 }, newCallSid) as [
      string,
      string,
      string,
      string,
      string,
    ];
    const createdAt = new Date(Date.now() - 600_000);
    await store.rows('INSERT INTO erasures (call_sid) VALUES ($1)', [erased]);
    const accounts = scriptedTwilio({
      listCalls: async () => [
        twilioCall(ours, { createdAt }),
        twilioCall(foreign, { createdAt, to: '+15550001111' }),
        twilioCall(leg, { createdAt, parentCallSid: ours }),
        twilioCall(fresh, { createdAt: new Date() }),
        twilioCall(erased, { createdAt }),
      ],
    });
    const { database } = store;
    const options = { database, accounts, reconcileAfterMs: 1000, logger: silentLogger };
    expect(await discoverCalls(options)).toBe(1);
    expect(await discoverCalls(options)).toBe(0);
    expect(
      await store.rows(
        'SELECT business_id, direction, from_number, reconcile_after IS NOT NULL AS due FROM calls WHERE call_sid = ANY($1)',
        [[ours, foreign, leg, fresh, erased]],
      ),
    ).toEqual([{ business_id: BUSINESS, direction: 'inbound', from_number: '+972501234567', due: true }]);
  });

  it('finds a call that lies behind thousands of newer ones', async () => {
    await project(eventsOfCall(newCallSid()));
    const lost = newCallSid();
    const now = Date.now();
    // Three a second: the last two minutes alone and each minute after would not fit in one list.
    const startedAt = (index: number): Date => new Date(now - index * 333);
    const listed = Array.from({ length: 5000 }, (_, index) =>
      twilioCall(`CA${String(index).padStart(32, '0')}`, {
        startedAt: startedAt(index),
        createdAt: startedAt(index),
        to: '+15550001111',
      }),
    );
    listed.push(twilioCall(lost, { startedAt: startedAt(5000), createdAt: startedAt(5000) }));
    const asked: number[] = [];
    const accounts = scriptedTwilio({
      listCalls: async ({ startedAfter, startedBefore, limit }) => {
        const found = listed.filter((call) => {
          const atMs = call.startedAt!.getTime();
          return atMs >= startedAfter!.getTime() && atMs <= (startedBefore?.getTime() ?? now);
        });
        asked.push(found.length);
        return found.slice(0, limit);
      },
    });
    const options = { database: store.database, accounts, reconcileAfterMs: 1000, logger: silentLogger };
    expect(await discoverCalls(options)).toBe(1);
    expect(asked.length).toBeLessThan(8);
    expect(await store.rows('SELECT call_sid FROM calls WHERE call_sid = $1', [lost])).toHaveLength(1);
  });

  it('derives outcome and words of calls that an earlier release wrote, once', async () => {
    const [spoken, silent] = [newCallSid(), newCallSid()];
    for (const callSid of [spoken, silent]) await project(eventsOfCall(callSid));
    await store.rows('DELETE FROM turns WHERE call_sid = $1', [silent]);
    await store.rows(`UPDATE calls SET search = NULL, outcome = NULL WHERE call_sid = $1`, [silent]);
    await store.rows(`UPDATE calls SET search = NULL, outcome = 'live' WHERE call_sid = $1`, [spoken]);
    let nowMs = 0;
    const refresh = oldCallsRefresh(store.database, 1000, () => nowMs);
    expect(await refresh()).toBeGreaterThanOrEqual(2);
    expect(
      await store.rows(
        `SELECT outcome, search <> '' AS has_words FROM calls WHERE call_sid = ANY($1) ORDER BY call_sid = $2`,
        [[spoken, silent], silent],
      ),
    ).toEqual([
      { outcome: 'completed', has_words: true },
      { outcome: 'completed', has_words: false },
    ]);
    nowMs += 60 * 60_000;
    expect(await refresh()).toBe(0);
  });

  it('survives a Twilio that does not answer', async () => {
    const callSid = newCallSid();
    await project(eventsOfCall(callSid));
    await makeDue(callSid);
    await runReconciler({
      listRecordings: async () => {
        throw TwilioRestError.from(new Error('timeout'), 'list recordings', false);
      },
    });
    expect(
      await store.rows('SELECT reconcile_after > now() AS later FROM calls WHERE call_sid = $1', [callSid]),
    ).toEqual([{ later: true }]);
  });
});
