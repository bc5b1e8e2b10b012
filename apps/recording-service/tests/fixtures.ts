import { type CallEvent, type CallEventDetail, type CallEventType } from '@frontdesk/contracts';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { Database, migrate } from '@frontdesk/persistence';
import { newId } from '@frontdesk/runtime';
import { createTestDatabase, type TestDatabase } from '@frontdesk/test-harness';
import {
  type TwilioAccounts,
  type TwilioCall,
  type TwilioCalls,
  type TwilioRecording,
} from '@frontdesk/telephony';
import { SCHEMA } from '../src/app';
import { RecordingFiles, type RecordingFilesOptions } from '../src/files/recording-files';
import { type RecordingReport } from '../src/recording/recording-report';
import { entities } from '../src/store/entities';
import { migrations } from '../src/store/migrations';

export const ACCOUNT = `AC${'a'.repeat(32)}`;
export const BUSINESS = newId();
export const apply = { localeDefault: 'he-IL', reconcileAfterMs: 60_000 };

let counter = 0;
const hex = (): string => (++counter).toString(16).padStart(32, '0');
export const newCallSid = (): string => `CA${hex()}`;
export const newRecordingSid = (): string => `RE${hex()}`;

export interface Store extends AsyncDisposable {
  database: Database;
  rows<T extends object>(sql: string, values?: unknown[]): Promise<T[]>;
}

/** A migrated database of the test's own. */
export const openStore = async (): Promise<Store> => {
  const test: TestDatabase = await createTestDatabase();
  const options = { url: test.url, schema: SCHEMA, migrations, logger: silentLogger };
  await migrate(options);
  const database = await Database.connect({ ...options, entities });
  return {
    database,
    rows: (sql, values) => database.dataSource.manager.query(sql, values),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await test[Symbol.asyncDispose]();
    },
  };
};

/** Files in a folder of the test's own, of the account of these fixtures. */
export const openFiles = (
  folder: string,
  change: Partial<RecordingFilesOptions> = {},
): Promise<RecordingFiles> =>
  RecordingFiles.open({
    folder,
    maxBytes: 10_000_000,
    formats: ['.wav'],
    apiBaseUrl: undefined,
    maxAgeMs: 86_400_000,
    maxRecordingBytes: 10_000_000,
    defaultAccountSid: ACCOUNT,
    authTokenOf: () => 'x',
    logger: silentLogger,
    metrics: new Metrics({ withProcessMetrics: false }),
    ...change,
  });

/** An event of a call, with its place. */
export const eventOf = <T extends CallEventType>(
  type: T,
  callSid: string,
  [generation, seq]: [number, number],
  detail: CallEventDetail<T>,
): CallEvent =>
  ({
    id: `${callSid}:${generation}:${seq}`,
    type,
    v: 1,
    at: new Date(Date.UTC(2026, 10, 20, 10, generation, seq)).toISOString(),
    businessId: BUSINESS,
    accountSid: ACCOUNT,
    traceparent: null,
    data: { callSid, generation, seq, streamMs: null, ...detail },
  }) as unknown as CallEvent;

/** The life of one call, as a gateway tells it. */
export const eventsOfCall = (callSid: string): CallEvent[] => [
  eventOf('call.incoming', callSid, [0, 0], {
    direction: 'inbound',
    from: '+972501234567',
    to: '+97231112222',
    attemptId: null,
    locale: 'en-US',
  }),
  eventOf('call.stream-started', callSid, [1, 0], { streamSid: `MZ${'b'.repeat(32)}` }),
  eventOf('call.first-audio', callSid, [1, 1], { latencyMs: 21, source: 'greeting-cached' }),
  eventOf('call.turn', callSid, [1, 2], turn('caller', 'hello')),
  eventOf('call.turn', callSid, [1, 3], turn('agent', 'you said hello')),
  eventOf('call.ended', callSid, [1, 4], end('stream-lost')),
  eventOf('call.resumed', callSid, [2, 0], { fromGeneration: 1 }),
  eventOf('call.first-audio', callSid, [2, 1], { latencyMs: 400, source: 'model' }),
  eventOf('call.turn', callSid, [2, 2], turn('caller', 'goodbye')),
  eventOf('call.ended', callSid, [2, 3], end('caller-hung-up')),
];

/** A call in which everything happens that an event can tell. */
export const eventfulCall = (callSid: string): CallEvent[] => {
  const ended = (
    tokens: { input: number; output: number },
    underruns: number,
  ): CallEventDetail<'call.ended'> => {
    const { figures, ...rest } = end('caller-hung-up');
    return { ...rest, figures: { ...figures, underruns, tokens } };
  };
  return [
    ...eventsOfCall(callSid).slice(0, 3),
    eventOf('call.greeting-completed', callSid, [1, 2], {
      totalMs: 900,
      heardMs: 900,
      complete: true,
      text: 'hello',
      heardText: 'hello',
    }),
    eventOf('call.recording-started', callSid, [1, 3], { recordingSid: null }),
    eventOf('call.turn', callSid, [1, 4], { ...turn('caller', 'hello'), startedAtMs: 1000, endedAtMs: 2000 }),
    eventOf('call.turn', callSid, [1, 5], {
      ...turn('agent', 'hello you'),
      startedAtMs: 2400,
      endedAtMs: 3000,
    }),
    eventOf('call.barge-in', callSid, [1, 6], {
      responseId: null,
      itemId: null,
      latencyMs: 18,
      truncatedAtMs: 5,
    }),
    eventOf('call.barge-in', callSid, [1, 7], {
      responseId: null,
      itemId: null,
      latencyMs: 7,
      truncatedAtMs: 5,
    }),
    eventOf('call.stalled', callSid, [1, 8], { gapMs: 90 }),
    eventOf('call.underrun', callSid, [1, 9], { count: 1 }),
    eventOf('call.model-error', callSid, [1, 10], { code: 'server_error', recoverable: true }),
    eventOf('call.dtmf', callSid, [1, 11], { digit: '5' }),
    eventOf('call.tool', callSid, [1, 12], { name: 'hours', ok: true, durationMs: 5 }),
    eventOf('call.tool', callSid, [1, 13], { name: 'hours', ok: false, durationMs: 5 }),
    eventOf('call.transfer', callSid, [1, 14], { outcome: 'no-answer' }),
    eventOf('call.ended', callSid, [1, 15], ended({ input: 10, output: 5 }, 1)),
    eventOf('call.resumed', callSid, [2, 0], { fromGeneration: 1 }),
    eventOf('call.stream-started', callSid, [2, 1], { streamSid: `MZ${'c'.repeat(32)}` }),
    eventOf('call.first-audio', callSid, [2, 2], { latencyMs: 400, source: 'phrase' }),
    eventOf('call.message-left', callSid, [2, 3], { recordingSid: null }),
    eventOf('call.opted-out', callSid, [2, 4], { number: '+972501234567', how: 'spoken' }),
    eventOf('call.redirected', callSid, [2, 5], { reason: 'media-lost' }),
    eventOf('call.ended', callSid, [2, 6], ended({ input: 20, output: 7 }, 2)),
  ];
};

const turn = (speaker: 'caller' | 'agent', text: string): CallEventDetail<'call.turn'> => ({
  turn: 0,
  itemId: `item_${text.length}`,
  speaker,
  said: text,
  heard: text,
  estimated: false,
  interrupted: false,
  startedAtMs: 100,
  endedAtMs: 900,
});

const end = (reason: CallEventDetail<'call.ended'>['reason']): CallEventDetail<'call.ended'> => ({
  reason,
  durationMs: 9000,
  figures: {
    framesSent: 450,
    framesDropped: 0,
    fps: 50,
    maxGapMs: 22,
    maxQueueDepth: 4,
    underruns: 0,
    bargeIns: 0,
    firstAudioMs: 21,
  },
});

export const reportOf = (
  callSid: string,
  recordingSid: string,
  overrides: Partial<RecordingReport> = {},
): RecordingReport => ({
  recordingSid,
  callSid,
  accountSid: ACCOUNT,
  kind: 'conversation',
  status: 'completed',
  url: `https://api.twilio.com/${recordingSid}`,
  durationSeconds: 9,
  channels: 2,
  startedAt: new Date('2026-11-20T10:00:05Z'),
  errorCode: null,
  ...overrides,
});

export const twilioRecording = (
  callSid: string,
  sid: string,
  overrides: Partial<TwilioRecording> = {},
): TwilioRecording => ({
  sid,
  accountSid: ACCOUNT,
  callSid,
  status: 'in-progress',
  channels: 2,
  source: 'StartCallRecordingAPI',
  createdAt: new Date(),
  startedAt: new Date(),
  durationSec: null,
  errorCode: null,
  url: null,
  ...overrides,
});

export const twilioCall = (sid: string, overrides: Partial<TwilioCall> = {}): TwilioCall => ({
  sid,
  accountSid: ACCOUNT,
  parentCallSid: null,
  status: 'completed',
  from: '+972501234567',
  to: '+97231112222',
  direction: 'inbound',
  answeredBy: null,
  createdAt: null,
  startedAt: null,
  endedAt: new Date('2026-11-20T10:05:00Z'),
  durationSec: 60,
  ...overrides,
});

/** Twilio as the test scripts it: what is not scripted fails, and says what was asked. */
export const scriptedTwilio = (script: Partial<TwilioCalls>): TwilioAccounts => {
  const account = new Proxy(script, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (() => {
        throw new Error(`the test did not expect Twilio to be asked for ${String(name)}`);
      }),
  }) as TwilioCalls;
  return { defaultAccountSid: ACCOUNT, accountSids: [ACCOUNT], account: () => account };
};

/** Twilio after a call: it has no recording that was not told of, and takes note of what is deleted. */
export const twilioAfter = (deleted: string[], script: Partial<TwilioCalls> = {}): Partial<TwilioCalls> => ({
  fetchCall: async (callSid) => twilioCall(callSid),
  listRecordings: async () => [],
  deleteRecording: async (recordingSid) => void deleted.push(recordingSid),
  ...script,
});
