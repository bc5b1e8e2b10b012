import { projectEvent } from '../src/call-log/project-event';
import { applyReport } from '../src/recording/apply-report';
import { type CallFilter, listCalls } from '../src/store/queries/list-calls';
import { ofCalls } from '../src/store/queries/of-calls';
import { refreshSearch } from '../src/store/queries/refresh-search';
import {
  apply,
  BUSINESS,
  eventOf,
  eventsOfCall,
  newCallSid,
  newRecordingSid,
  openStore,
  reportOf,
  type Store,
} from './fixtures';

let store: Store;
const [first, second, message] = [newCallSid(), newCallSid(), newCallSid()] as [string, string, string];

const project = async (callSid: string, count?: number): Promise<void> => {
  for (const event of eventsOfCall(callSid).slice(0, count))
    await store.database.transaction((manager) => projectEvent(manager, event, 60_000));
};
const transcribed = async (
  callSid: string,
  kind: 'conversation' | 'message',
  text: string,
): Promise<void> => {
  const recordingSid = newRecordingSid();
  await store.database.transaction(async (manager) => {
    await applyReport(manager, reportOf(callSid, recordingSid, { kind }), apply);
    await manager.query(`UPDATE transcripts SET status = 'completed', text = $2 WHERE recording_sid = $1`, [
      recordingSid,
      text,
    ]);
    await refreshSearch(manager, callSid);
  });
};

beforeAll(async () => {
  store = await openStore();
  for (const callSid of [first, second]) await project(callSid);
  await project(message, 1);
  await transcribed(second, 'conversation', 'רציתי לקבוע תור לרופאה ביום ראשון');
  await transcribed(message, 'message', 'please call me back about the invoice');
  await store.rows(`UPDATE calls SET started_at = '2026-11-21T08:00:00.123456Z' WHERE call_sid = $1`, [
    message,
  ]);
  await store.rows(`UPDATE calls SET from_number = 'anonymous' WHERE call_sid = $1`, [second]);
});
afterAll(() => store[Symbol.asyncDispose]());

const found = async (filter: Partial<CallFilter>): Promise<string[]> => {
  const { manager } = store.database.dataSource;
  const { calls } = await listCalls(manager, { visible: null, limit: 50, ...filter });
  return calls.map(({ callSid }) => callSid).sort();
};
const all = [first, second, message].sort();

describe('the list of calls', () => {
  it.each(['+972 50-123 4567', '050-1234567', '00972501234567', '1234567', '50123'])(
    'finds a number written as %s',
    async (number) => expect(await found({ number })).toEqual([first, message].sort()),
  );

  it('finds a caller that has no number, and everyone by the number of the business', async () => {
    expect(await found({ number: 'Anonym' })).toEqual([second]);
    expect(await found({ number: '03-111-2222' })).toEqual(all);
    expect(await found({ number: '999' })).toEqual([]);
  });

  it('filters by date, outcome, message, direction and business', async () => {
    expect(await found({ from: '2026-11-21T00:00:00Z' })).toEqual([message]);
    expect(await found({ to: '2026-11-21T02:00:00+02:00' })).toEqual([first, second].sort());
    expect(await found({ outcome: 'completed' })).toEqual([first, second].sort());
    expect(await found({ outcome: 'live' })).toEqual([message]);
    expect(await found({ hasMessage: true })).toEqual([message]);
    expect(await found({ direction: 'outbound' })).toEqual([]);
    expect(await found({ businessId: BUSINESS, visible: [BUSINESS] })).toEqual(all);
    expect(await found({ visible: [] })).toEqual([]);
  });

  it('finds words that were said, in Hebrew and English, the transcript before the realtime turns', async () => {
    expect(await found({ text: 'תור' })).toEqual([second]);
    expect(await found({ text: 'הרופאה' })).toEqual([second]);
    expect(await found({ text: 'תור מנהל' })).toEqual([]);
    expect(await found({ text: 'INVOICE call' })).toEqual([message]);
    expect(await found({ text: 'goodbye' })).toEqual([first]);
    expect(await found({ text: '?' })).toEqual([]);
  });

  it('finds the words of a message that the agent took', async () => {
    const callSid = newCallSid();
    const left = eventOf('call.message-left', callSid, [1, 0], {
      recordingSid: null,
      name: 'Ruth Almog',
      number: '0521112233',
      text: 'the boiler is leaking',
    });
    await store.database.transaction((manager) => projectEvent(manager, left, 60_000));
    expect(await found({ text: 'boiler ruth' })).toEqual([callSid]);
    const of = (await ofCalls(store.database.dataSource.manager, [callSid]))(callSid);
    expect(of.messages).toEqual([
      {
        at: expect.any(String),
        recordingSid: null,
        details: { name: 'Ruth Almog', number: '0521112233', text: 'the boiler is leaking' },
      },
    ]);
    await store.rows('DELETE FROM calls WHERE call_sid = $1', [callSid]);
  });

  it('searches by an index', async () => {
    await store.rows('SET enable_seqscan = off');
    const plan = await store.rows<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT 1 FROM calls WHERE search @@ 'x:*'::tsquery`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('calls_by_words');
  });

  it('pages by a cursor without losing or repeating calls of one millisecond', async () => {
    const sids = Array.from({ length: 7 }, newCallSid);
    for (const [index, callSid] of sids.entries())
      await store.rows(
        `INSERT INTO calls (call_sid, started_at, business_id) VALUES ($1, $2::timestamptz, $3)`,
        [callSid, `2026-12-01T08:00:00.00000${index}Z`, BUSINESS],
      );
    const seen: string[] = [];
    for (let cursor: string | undefined; ;) {
      const { manager } = store.database.dataSource;
      const page = await listCalls(manager, {
        visible: null,
        limit: 2,
        cursor,
        from: '2026-12-01T00:00:00Z',
      });
      seen.push(...page.calls.map(({ callSid }) => callSid));
      if (!page.nextCursor) break;
      cursor = page.nextCursor;
    }
    expect(seen).toEqual([...sids].reverse());
  });
});
