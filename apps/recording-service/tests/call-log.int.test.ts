import { type CallEvent, type CallEventOf } from '@frontdesk/contracts';
import { projectEvent } from '../src/call-log/project-event';
import { applyReport } from '../src/recording/apply-report';
import { type RecordingReport } from '../src/recording/recording-report';
import { CallRow } from '../src/store/entities';
import { recordingsOf } from '../src/store/queries/find-call';
import { ofCalls } from '../src/store/queries/of-calls';
import {
  apply,
  BUSINESS,
  eventfulCall,
  eventOf,
  eventsOfCall,
  newCallSid,
  newRecordingSid,
  openStore,
  reportOf,
  type Store,
} from './fixtures';

let store: Store;
beforeAll(async () => (store = await openStore()));
afterAll(() => store[Symbol.asyncDispose]());

const project = (event: CallEvent): Promise<boolean> =>
  store.database.transaction((manager) => projectEvent(manager, event, 60_000));
const report = (given: RecordingReport): Promise<boolean> =>
  store.database.transaction((manager) => applyReport(manager, given, apply));
const callOf = (callSid: string): Promise<CallRow> =>
  store.database.dataSource.manager.findOneByOrFail(CallRow, { callSid });
const turnsOf = async (callSid: string): Promise<string[]> =>
  (
    await store.rows<{ said: string }>(
      'SELECT said FROM turns WHERE call_sid = $1 ORDER BY generation, seq',
      [callSid],
    )
  ).map(({ said }) => said);
const jobsOf = (callSid: string): Promise<{ value: { data: { locale: string } } }[]> =>
  store.rows(`SELECT value FROM outbox WHERE key = $1`, [callSid]);

describe('the call log', () => {
  const orders: [string, (events: CallEvent[]) => CallEvent[]][] = [
    ['in order', (events) => events],
    ['backwards', (events) => [...events].reverse()],
    ['each twice', (events) => events.flatMap((event) => [event, event])],
    [
      'shuffled, with repetitions',
      (events) => [...events.slice(5), ...events.slice(2, 8).reverse(), ...events],
    ],
  ];

  it.each(orders)('is the same when events arrive %s', async (_title, arrange) => {
    const callSid = newCallSid();
    for (const event of arrange(eventsOfCall(callSid))) await project(event);
    expect(await callOf(callSid)).toMatchObject({
      businessId: BUSINESS,
      direction: 'inbound',
      fromNumber: '+972501234567',
      locale: 'en-US',
      startedAt: new Date('2026-11-20T10:00:00Z'),
      endedAt: new Date('2026-11-20T10:02:03Z'),
      endReason: 'caller-hung-up',
      figures: {
        framesSent: 450,
        durationMs: 9000,
        firstAudio: { generation: 1, latencyMs: 21, source: 'greeting-cached' },
      },
    });
    expect(await turnsOf(callSid)).toEqual(['hello', 'you said hello', 'goodbye']);
    const events = await store.rows('SELECT id FROM events WHERE call_sid = $1', [callSid]);
    expect(events).toHaveLength(10);
  });

  it('derives outcome, quality, tokens and messages from every type of event, in whatever order they arrive', async () => {
    const seen: unknown[] = [];
    for (const [, arrange] of orders) {
      const callSid = newCallSid();
      for (const event of arrange(eventfulCall(callSid))) await project(event);
      const { quality, outcome, hasMessage, inputTokens, outputTokens, figures } = await callOf(callSid);
      const of = (await ofCalls(store.database.dataSource.manager, [callSid]))(callSid);
      seen.push({ quality, outcome, hasMessage, inputTokens, outputTokens, figures, messages: of.messages });
    }
    expect(seen[0]).toMatchObject({
      outcome: 'message',
      hasMessage: true,
      inputTokens: '30',
      outputTokens: '12',
      quality: {
        firstAudioMs: 21,
        replyMedianMs: 400,
        replyMaxMs: 400,
        bargeIns: 2,
        bargeInMaxMs: 18,
        underruns: 3,
        stalls: 1,
        modelErrors: 1,
        resumes: 1,
        toolCalls: 2,
        toolFailures: 1,
      },
      messages: [{ recordingSid: null, at: expect.any(String) }],
    });
    for (const other of seen) expect(other).toEqual(seen[0]);
  });

  it('shows a call as live again when its stream came back after an end', async () => {
    const callSid = newCallSid();
    const events = eventsOfCall(callSid);
    for (const event of events.slice(0, 6)) await project(event);
    expect(await callOf(callSid)).toMatchObject({ endReason: 'stream-lost', outcome: 'missed' });
    await project(events[6]!);
    expect(await callOf(callSid)).toMatchObject({ endedAt: null, endReason: null, outcome: 'live' });
    for (const event of events) await project(event);
    expect(await callOf(callSid)).toMatchObject({ endReason: 'caller-hung-up', outcome: 'completed' });
  });

  it('keeps words that hold what PostgreSQL cannot', async () => {
    const callSid = newCallSid();
    const event = eventsOfCall(callSid)[3] as CallEventOf<'call.turn'>;
    await project({ ...event, data: { ...event.data, said: 'a\u0000b \ud83d', heard: '\u0000' } });
    expect(await turnsOf(callSid)).toEqual(['a\ufffdb \ufffd']);
  });

  it('takes events of one call from several consumers at once', async () => {
    const callSid = newCallSid();
    await Promise.all([...eventsOfCall(callSid), ...eventsOfCall(callSid)].map(project));
    expect(await turnsOf(callSid)).toHaveLength(3);
    expect(await callOf(callSid)).toMatchObject({ endReason: 'caller-hung-up' });
  });
});

describe('a recording callback', () => {
  it('writes the url and one job, however often it comes', async () => {
    const [callSid, recordingSid] = [newCallSid(), newRecordingSid()];
    for (const event of eventsOfCall(callSid)) await project(event);
    const results = await Promise.all(
      Array.from({ length: 5 }, () => report(reportOf(callSid, recordingSid))),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await callOf(callSid)).toMatchObject({ recordingUrl: `https://api.twilio.com/${recordingSid}` });
    const jobs = await jobsOf(callSid);
    expect(jobs.map(({ value }) => value.data)).toEqual([{ callSid, recordingSid, locale: 'en-US' }]);
  });

  it('may come before any event of its call', async () => {
    const [callSid, recordingSid] = [newCallSid(), newRecordingSid()];
    await report(reportOf(callSid, recordingSid));
    expect(await callOf(callSid)).toMatchObject({
      direction: null,
      recordingUrl: expect.stringContaining('RE'),
    });
    for (const event of eventsOfCall(callSid)) await project(event);
    expect(await callOf(callSid)).toMatchObject({
      direction: 'inbound',
      recordingUrl: expect.stringContaining('RE'),
    });
    for (const table of ['recordings', 'transcripts'])
      expect(await store.rows(`SELECT business_id FROM ${table} WHERE call_sid = $1`, [callSid])).toEqual([
        { business_id: BUSINESS },
      ]);
  });

  it('is played as recording_url says: the message, while nobody knows where the conversation is', async () => {
    const [callSid, message, conversation] = [newCallSid(), newRecordingSid(), newRecordingSid()];
    await report(reportOf(callSid, conversation, { status: 'in-progress', url: null }));
    await report(reportOf(callSid, message, { kind: 'message' }));
    const first = async (): Promise<string> =>
      (await recordingsOf(store.database.dataSource.manager, [callSid]))[0]!.recordingSid;
    expect((await callOf(callSid)).recordingUrl).toContain(message);
    expect(await first()).toBe(message);
    await report(reportOf(callSid, conversation));
    expect((await callOf(callSid)).recordingUrl).toContain(conversation);
    expect(await first()).toBe(conversation);
  });

  it('never takes a status back', async () => {
    const [callSid, recordingSid] = [newCallSid(), newRecordingSid()];
    await report(reportOf(callSid, recordingSid));
    await report(
      reportOf(callSid, recordingSid, { status: 'in-progress', url: null, durationSeconds: null }),
    );
    expect(
      await store.rows('SELECT status, url, duration_seconds FROM recordings WHERE call_sid = $1', [callSid]),
    ).toEqual([{ status: 'completed', url: `https://api.twilio.com/${recordingSid}`, duration_seconds: 9 }]);
  });

  it('queues nothing and gives no url for a recording that is absent', async () => {
    const callSid = newCallSid();
    await report(reportOf(callSid, newRecordingSid(), { status: 'absent' }));
    expect(await callOf(callSid)).toMatchObject({ recordingUrl: null });
    expect(await jobsOf(callSid)).toEqual([]);
  });

  it('prefers the conversation to the message, whichever comes first, and gives each a file of its own', async () => {
    const [callSid, message, conversation] = [newCallSid(), newRecordingSid(), newRecordingSid()];
    await report(reportOf(callSid, message, { kind: 'message' }));
    expect(await callOf(callSid)).toMatchObject({ recordingUrl: expect.stringContaining(message) });
    await report(reportOf(callSid, conversation));
    expect(await callOf(callSid)).toMatchObject({ recordingUrl: expect.stringContaining(conversation) });
    const stems = await store.rows(
      'SELECT file_stem FROM recordings WHERE call_sid = $1 ORDER BY recording_sid',
      [callSid],
    );
    expect(stems).toEqual([{ file_stem: `${callSid}.${message}` }, { file_stem: callSid }]);
    expect(await jobsOf(callSid)).toHaveLength(2);
  });

  it('settles a call that has ended', async () => {
    const callSid = newCallSid();
    for (const event of eventsOfCall(callSid)) await project(event);
    const pending = () =>
      store.rows<{ pending: boolean }>(
        'SELECT reconcile_after IS NOT NULL AS pending FROM calls WHERE call_sid = $1',
        [callSid],
      );
    expect(await pending()).toEqual([{ pending: true }]);
    await report(reportOf(callSid, newRecordingSid()));
    expect(await pending()).toEqual([{ pending: false }]);
  });

  it('does not settle a call whose caller was asked for a message, until the message is there', async () => {
    const callSid = newCallSid();
    for (const event of eventsOfCall(callSid)) await project(event);
    await project(eventOf('call.redirected', callSid, [2, 4], { reason: 'media-lost' }));
    const isPending = async (): Promise<boolean> => {
      const [row] = await store.rows<{ pending: boolean }>(
        'SELECT reconcile_after IS NOT NULL AS pending FROM calls WHERE call_sid = $1',
        [callSid],
      );
      return row!.pending;
    };
    await report(reportOf(callSid, newRecordingSid()));
    expect(await isPending()).toBe(true);
    await report(reportOf(callSid, newRecordingSid(), { kind: 'message' }));
    expect(await isPending()).toBe(false);
  });
});
