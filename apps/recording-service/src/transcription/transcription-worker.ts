import { WavError } from '@frontdesk/audio';
import { topics, transcribeRecordingJob, type TranscribeRecordingJob } from '@frontdesk/contracts';
import { type MessageBus } from '@frontdesk/messaging';
import { type Logger, type Metrics } from '@frontdesk/observability';
import { type Database, isConnectionError } from '@frontdesk/persistence';
import { backoffMs, type BackoffPolicy, newId } from '@frontdesk/runtime';
import { SpeechError, type Transcriber } from '@frontdesk/speech';
import { recordingEvents } from '../events';
import { RecordingFileError } from '../files/recording-file-error';
import { type RecordingFiles } from '../files/recording-files';
import { CallRow, RecordingRow } from '../store/entities';
import { lockCall } from '../store/queries/lock-call';
import { refreshSearch } from '../store/queries/refresh-search';
import {
  CLAIM_LEASE_MS,
  claimTranscription,
  type ClaimedTranscript,
  completeTranscription,
  giveBackTranscription,
  renewClaim,
} from '../store/queries/transcription-claim';
import { ClaimedBook, ClaimLostError, type RequestMetrics, requestMetrics } from './answer-book';
import { Mp3Error } from './mp3-file';
import { transcribeFile } from './transcribe-file';

/** Twilio needs up to a minute to process a recording, a provider's bad quarter of an hour is bridged: about 30 minutes. */
export const jobRetry: BackoffPolicy = { attempts: 14, minMs: 500, maxMs: 5 * 60_000, multiplier: 2 };

export interface TranscriptionWorkerOptions {
  database: Database;
  files: RecordingFiles;
  transcriber: Transcriber;
  logger: Logger;
  metrics: Metrics;
  concurrency: number;
  retry?: BackoffPolicy;
  onCrash: (error: Error) => void;
}

/** A job that was given up: its transcript says `failed`, and its message goes to the dead-letter topic. */
export class JobGivenUpError extends Error {
  constructor(cause: unknown) {
    super(reasonOf(cause), { cause });
    this.name = 'JobGivenUpError';
  }
}

/**
 * Follows `recording.jobs.v1`: job → claim → file → provider → transcript row (RE4). A failed try is put off in the
 * transcript's row and given out again by {@link RetryScheduler}, so that a recording that is not ready yet keeps none of
 * the others waiting, and a restart forgets no try.
 */
export class TranscriptionWorker {
  private readonly outcomes;
  private readonly requests: RequestMetrics;
  private readonly retry: BackoffPolicy;

  constructor(private readonly options: TranscriptionWorkerOptions) {
    this.outcomes = options.metrics.counter('transcriptions_total', 'Transcription jobs', ['outcome']);
    this.requests = requestMetrics(options.metrics);
    this.retry = options.retry ?? jobRetry;
  }

  subscribe(bus: MessageBus): Promise<AsyncDisposable> {
    return bus.subscribe<TranscribeRecordingJob>({
      topic: topics.recordingJobs,
      group: 'recording-service.transcription',
      schema: transcribeRecordingJob,
      concurrency: this.options.concurrency,
      isOutage: isConnectionError, // jobs wait in Kafka while the database is away
      isPermanent: (error) => error instanceof JobGivenUpError,
      onCrash: this.options.onCrash,
      handle: ({ value }, { signal }) => this.handle(value, signal),
    });
  }

  /**
   * Idempotent: a job delivered again finds its transcript done, with another worker, or its answers kept.
   * Resolves also when the job was put off. Throws a {@link JobGivenUpError} when it was given up.
   */
  async handle(job: TranscribeRecordingJob, signal: AbortSignal): Promise<void> {
    const { manager } = this.options.database.dataSource;
    const claimed = await claimTranscription(manager, job.data.recordingSid, newId());
    // Busy: should that worker die, the scheduler gives the job out again when its claim lapses.
    if (claimed === 'done' || claimed === 'unknown' || claimed === 'busy') return;
    const renewal = setInterval(() => {
      renewClaim(manager, claimed.claim).catch(() => undefined); // the database's absence shows elsewhere
    }, CLAIM_LEASE_MS / 3);
    try {
      await this.transcribe(job, claimed, signal);
      this.outcomes.inc({ outcome: 'completed' });
    } catch (error) {
      await this.giveBack(job, claimed, error, signal);
    } finally {
      clearInterval(renewal);
    }
  }

  private async transcribe(
    job: TranscribeRecordingJob,
    claimed: ClaimedTranscript,
    signal: AbortSignal,
  ): Promise<void> {
    const { callSid, recordingSid } = job.data;
    const { database, files, transcriber, logger } = this.options;
    const { manager } = database.dataSource;
    const recording = await manager.findOneByOrFail(RecordingRow, { recordingSid });
    const call = await manager.findOneBy(CallRow, { callSid: recording.callSid });
    const file = await files.getRecordingFile(recording);
    const result = await transcribeFile(file, recording.kind, {
      transcriber,
      name: recordingSid,
      // The call's events may have arrived after the job was written.
      locale: call?.locale ?? job.data.locale,
      book: new ClaimedBook(database, claimed, this.requests),
      signal,
    });
    const isHeld = await database.transaction(async (inOne) => {
      if (!(await lockCall(inOne, recording.callSid))) return false;
      if (!(await completeTranscription(inOne, claimed.claim, result))) return false;
      await refreshSearch(inOne, recording.callSid);
      return true;
    });
    if (!isHeld) throw new ClaimLostError();
    logger.info(recordingEvents.transcribed, {
      callSid,
      recordingSid,
      segments: result.segments.length,
      characters: result.text.length,
    });
  }

  private async giveBack(
    job: TranscribeRecordingJob,
    { claim, attempts }: ClaimedTranscript,
    error: unknown,
    signal: AbortSignal,
  ): Promise<void> {
    if (error instanceof ClaimLostError) return;
    const { manager } = this.options.database.dataSource;
    const attempt = attempts + 1;
    const isLast = !signal.aborted && (isFinal(error) || attempt >= this.retry.attempts);
    const outcome = isLast ? 'failed' : signal.aborted ? 'stopped' : 'queued';
    this.outcomes.inc({ outcome: outcome === 'queued' ? 'retried' : outcome });
    this.options.logger[isLast ? 'error' : 'warn'](recordingEvents.transcriptionFailed, {
      callSid: job.data.callSid,
      recordingSid: job.data.recordingSid,
      attempt,
      isLast,
      reason: reasonOf(error),
    });
    const waitMs = outcome === 'queued' ? waitAfter(error, backoffMs(this.retry, attempt)) : 0;
    // A database that is away as well leaves the claim to its lease, and the scheduler finds it lapsed.
    const isGivenBack = await giveBackTranscription(manager, claim, outcome, reasonOf(error), waitMs).catch(
      () => false,
    );
    if (signal.aborted) throw error;
    if (isLast && isGivenBack) throw new JobGivenUpError(error);
  }
}

/** What no other try can help. */
const isFinal = (error: unknown): boolean => {
  if (error instanceof SpeechError) return error.failure === 'quota' || error.failure === 'rejected';
  if (error instanceof RecordingFileError) return !error.isRetryable;
  return error instanceof WavError || error instanceof Mp3Error;
};

/** The provider's own advice counts when it is longer. */
const waitAfter = (error: unknown, waitMs: number): number =>
  error instanceof SpeechError ? Math.max(waitMs, error.details.retryAfterMs ?? 0) : waitMs;

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
