import { writeWav } from '@frontdesk/audio';
import { decodeSpeech, encodeSpeech } from '@frontdesk/audio-identity';
import { parseWav } from '@frontdesk/audio';
import { type TranscribeRecordingJob } from '@frontdesk/contracts';
import { Metrics, silentLogger } from '@frontdesk/observability';
import { SpeechError, type Transcriber } from '@frontdesk/speech';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordingFiles } from '../src/files/recording-files';
import { applyReport } from '../src/recording/apply-report';
import { TranscriptRow } from '../src/store/entities';
import { RetryScheduler } from '../src/transcription/retry-scheduler';
import { JobGivenUpError, TranscriptionWorker } from '../src/transcription/transcription-worker';
import { apply, newCallSid, newRecordingSid, openFiles, openStore, reportOf, type Store } from './fixtures';

let store: Store;
let folder: string;
let files: RecordingFiles;
beforeAll(async () => {
  store = await openStore();
  folder = await mkdtemp(join(tmpdir(), 'transcription-'));
  files = await openFiles(folder, { apiBaseUrl: 'http://127.0.0.1:1' });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const retry = { attempts: 2, minMs: 1, maxMs: 1, multiplier: 1 };
const workerWith = (transcriber: Transcriber): TranscriptionWorker =>
  new TranscriptionWorker({
    database: store.database,
    files,
    transcriber,
    retry,
    concurrency: 1,
    onCrash: () => undefined,
    logger: silentLogger,
    metrics: new Metrics({ withProcessMetrics: false }),
  });

const schedulerOf = (): RetryScheduler =>
  RetryScheduler.start({
    database: store.database,
    localeDefault: 'he-IL',
    intervalMs: 3_600_000,
    logger: silentLogger,
  });

/** A finished recording with speech on both channels, its file at hand and its job taken from the outbox. */
const finishedRecording = async (hasFile = true): Promise<TranscribeRecordingJob> => {
  const [callSid, sid] = [newCallSid(), newRecordingSid()];
  const url = 'http://127.0.0.1:1/Recordings/RE1';
  await store.database.transaction((manager) => applyReport(manager, reportOf(callSid, sid, { url }), apply));
  if (hasFile) {
    const channels = [encodeSpeech('i need an appointment'), encodeSpeech('when would you like to come')];
    await writeFile(join(folder, `${callSid}.wav`), writeWav(channels, 8000));
  }
  const [job] = await store.rows<{ value: TranscribeRecordingJob }>(
    'SELECT value FROM outbox WHERE key = $1',
    [callSid],
  );
  return job!.value;
};
const rowOf = (job: TranscribeRecordingJob): Promise<TranscriptRow> =>
  store.database.dataSource.manager.findOneByOrFail(TranscriptRow, { recordingSid: job.data.recordingSid });

const decoder = (before: (asked: number) => Promise<void> | void = () => undefined) => {
  let asked = 0;
  const transcriber: Transcriber = {
    provider: 'decoder',
    model: 'fsk',
    async transcribe({ audio, language }) {
      await before(++asked);
      return { text: decodeSpeech(parseWav(audio).samples[0]!).text, language };
    },
  };
  return { transcriber, asked: () => asked };
};
const { signal } = new AbortController();

describe('a transcription job', () => {
  it('ends in a transcript with the words of each side, one paid request a channel', async () => {
    const job = await finishedRecording();
    const { transcriber, asked } = decoder();
    await workerWith(transcriber).handle(job, signal);
    const row = await rowOf(job);
    expect(row).toMatchObject({ status: 'completed', language: 'he-IL', paidRequests: 2, error: null });
    expect(Object.fromEntries(row.segments.map(({ speaker, text }) => [speaker, text]))).toEqual({
      caller: 'i need an appointment',
      agent: 'when would you like to come',
    });
    expect(asked()).toBe(2);
  });

  it('keeps a paid answer through an outage of the database', async () => {
    const job = await finishedRecording();
    const { transcriber, asked } = decoder();
    const { manager } = store.database.dataSource;
    let failures = 0;
    const query = jest.spyOn(manager, 'query').mockImplementation((sql: string, values?: object) => {
      if (sql.includes('answers ||') && ++failures === 1)
        return Promise.reject(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
      return store.database.dataSource.query(sql, values as unknown[]);
    });
    await workerWith(transcriber).handle(job, signal);
    query.mockRestore();
    expect(await rowOf(job)).toMatchObject({ status: 'completed', paidRequests: 2 });
    expect(asked()).toBe(2);
  });

  it('is paid once when it is delivered again, also at the same time', async () => {
    const job = await finishedRecording();
    const { transcriber, asked } = decoder();
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => workerWith(transcriber).handle(job, signal)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThanOrEqual(1);
    await workerWith(transcriber).handle(job, signal);
    expect(asked()).toBe(2);
    expect(await rowOf(job)).toMatchObject({ status: 'completed', paidRequests: 2 });
  });

  it('goes on after a failure with what was not answered yet; a refusal is not counted as paid', async () => {
    const job = await finishedRecording();
    const { transcriber, asked } = decoder((count) => {
      if (count === 1) throw new SpeechError('retryable', 'overloaded', { status: 503 });
    });
    const worker = workerWith(transcriber);
    await worker.handle(job, signal);
    expect(await rowOf(job)).toMatchObject({ status: 'queued', error: 'overloaded', attempts: 1 });
    await worker.handle(job, signal);
    expect(asked()).toBe(3);
    expect(await rowOf(job)).toMatchObject({
      status: 'completed',
      paidRequests: 2,
      repeatedRequests: 0,
      error: null,
    });
  });

  it('counts what it had to ask again because the answer to the first request is not known', async () => {
    const job = await finishedRecording();
    const { transcriber } = decoder((count) => {
      if (count === 1) throw new SpeechError('timeout', 'no answer');
    });
    const worker = workerWith(transcriber);
    await worker.handle(job, signal);
    await worker.handle(job, signal);
    expect(await rowOf(job)).toMatchObject({ status: 'completed', paidRequests: 3, repeatedRequests: 1 });
  });

  it.each<[string, SpeechError]>([
    ['there is nothing left to pay with', new SpeechError('quota', 'no money left')],
    ['the request is refused', new SpeechError('rejected', 'no such model')],
  ])('is given up at once when %s, shown as failed, and can be run again', async (_title, error) => {
    const job = await finishedRecording();
    const { transcriber } = decoder(() => {
      throw error;
    });
    await expect(workerWith(transcriber).handle(job, signal)).rejects.toThrow(JobGivenUpError);
    expect(await rowOf(job)).toMatchObject({ status: 'failed', error: error.message, paidRequests: 0 });
    await workerWith(decoder().transcriber).handle(job, signal);
    expect(await rowOf(job)).toMatchObject({ status: 'completed', paidRequests: 2 });
  });

  it('is given up after the last try', async () => {
    const job = await finishedRecording();
    const { transcriber } = decoder(() => {
      throw new SpeechError('retryable', 'overloaded', { status: 503 });
    });
    const worker = workerWith(transcriber);
    await worker.handle(job, signal);
    await expect(worker.handle(job, signal)).rejects.toThrow(JobGivenUpError);
    expect(await rowOf(job)).toMatchObject({ status: 'failed', attempts: 2 });
  });

  it('pays nothing while there is no file, and is put off without holding up others', async () => {
    const job = await finishedRecording(false);
    const { transcriber, asked } = decoder();
    await workerWith(transcriber).handle(job, signal);
    expect(asked()).toBe(0);
    expect(await rowOf(job)).toMatchObject({ status: 'queued', paidRequests: 0, attempts: 1 });
  });

  it('keeps no half of a character that PostgreSQL refuses', async () => {
    const job = await finishedRecording();
    const odd: Transcriber = {
      provider: 'odd',
      model: 'm',
      transcribe: async () => ({ text: 'a\u0000b \ud83d', language: null }),
    };
    await workerWith(odd).handle(job, signal);
    expect(await rowOf(job)).toMatchObject({ status: 'completed', text: 'a\ufffdb \ufffd\na\ufffdb \ufffd' });
  });

  it('is given out again when its next try is due, by one of several replicas', async () => {
    const job = await finishedRecording(false);
    await workerWith(decoder().transcriber).handle(job, signal);
    await store.rows(`UPDATE transcripts SET next_try_at = now() + interval '1 hour'`);
    const { callSid, recordingSid } = job.data;
    const jobs = (): Promise<object[]> => store.rows('SELECT 1 FROM outbox WHERE key = $1', [callSid]);
    await using scheduler = schedulerOf();
    expect(await scheduler.runOnce()).toBe(0);
    await store.rows('UPDATE transcripts SET next_try_at = now() WHERE recording_sid = $1', [recordingSid]);
    await using other = schedulerOf();
    const counts = await Promise.all([scheduler.runOnce(), other.runOnce()]);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(await jobs()).toHaveLength(2);
  });

  it('is taken over from a worker that died, and not from one that works', async () => {
    const job = await finishedRecording();
    let goOn = (): void => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    let entered = (): void => undefined;
    const isAsking = new Promise<void>((resolve) => (entered = resolve));
    // Each request lengthens the claim: it lapses only once both channels are asked for.
    let asked = 0;
    const slow = decoder(() => {
      asked += 1;
      if (asked === 2) entered();
      return held;
    });
    const first = workerWith(slow.transcriber).handle(job, signal);
    await isAsking;
    const other = workerWith(decoder().transcriber);
    await other.handle(job, signal);
    expect(await rowOf(job)).toMatchObject({ status: 'running' });
    await store.rows(
      `UPDATE transcripts SET claimed_until = now() - interval '1 second' WHERE recording_sid = $1`,
      [job.data.recordingSid],
    );
    await other.handle(job, signal);
    goOn();
    await first;
    expect(await rowOf(job)).toMatchObject({ status: 'completed', paidRequests: 4, repeatedRequests: 2 });
  });
});
