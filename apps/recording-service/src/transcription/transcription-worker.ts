import { topics, transcribeRecordingJob, type TranscribeRecordingJob } from '@frontdesk/contracts';
import { type MessageBus } from '@frontdesk/messaging';
import { type Logger, type Metrics } from '@frontdesk/observability';
import { type Database, isConnectionError } from '@frontdesk/persistence';
import { type BackoffPolicy, newId, retry } from '@frontdesk/runtime';
import { type Transcriber } from '@frontdesk/speech';
import { recordingEvents } from '../events';
import { type RecordingFiles } from '../files/recording-files';
import { CallRow, RecordingRow } from '../store/entities';
import {
  CLAIM_LEASE_MS,
  claimTranscription,
  type ClaimedTranscript,
  completeTranscription,
  countPaidRequest,
  giveBackTranscription,
  keepAnswer,
  renewClaim,
} from '../store/queries/transcription-claim';
import { lockCall } from '../store/queries/lock-call';
import { refreshSearch } from '../store/queries/refresh-search';
import { type AnswerBook, transcribeFile } from './transcribe-file';

/** Twilio needs up to a minute to process a recording; a provider's bad minute is over in about as long. */
export const jobRetry: BackoffPolicy = { attempts: 7, minMs: 500, maxMs: 40_000, multiplier: 3 };

/** An answer is paid for: while the database is away it waits about as long as its claim holds, rather than being bought again. */
const paidAnswerRetry: BackoffPolicy = { attempts: 10, minMs: 200, maxMs: 5000, multiplier: 2 };

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

/** Follows `recording.jobs.v1`: job → claim → file → provider → transcript row (RE4). */
export class TranscriptionWorker {
  private readonly outcomes;
  private readonly paid;
  private readonly retry: BackoffPolicy;

  constructor(private readonly options: TranscriptionWorkerOptions) {
    this.outcomes = options.metrics.counter('transcriptions_total', 'Transcription jobs', ['outcome']);
    this.paid = options.metrics.counter('transcription_requests_total', 'Paid requests for transcription');
    this.retry = options.retry ?? jobRetry;
  }

  subscribe(bus: MessageBus): Promise<AsyncDisposable> {
    return bus.subscribe<TranscribeRecordingJob>({
      topic: topics.recordingJobs,
      group: 'recording-service.transcription',
      schema: transcribeRecordingJob,
      retry: this.retry,
      concurrency: this.options.concurrency,
      onCrash: this.options.onCrash,
      handle: ({ value, attempt }, { signal }) => this.handle(value, attempt, signal),
    });
  }

  /** Idempotent: a job delivered again finds its transcript done, or its answers kept. Throws to be tried again. */
  async handle(job: TranscribeRecordingJob, attempt: number, signal: AbortSignal): Promise<void> {
    const { recordingSid } = job.data;
    const { manager } = this.options.database.dataSource;
    const claimed = await claimTranscription(manager, recordingSid, newId());
    if (claimed === 'done' || claimed === 'unknown') return;
    if (claimed === 'busy') throw new Error('another worker holds this transcription');
    const renewal = setInterval(() => {
      renewClaim(manager, claimed.claim).catch(() => undefined); // the database's absence shows elsewhere
    }, CLAIM_LEASE_MS / 3);
    try {
      await this.transcribe(job, claimed, signal);
      this.outcomes.inc({ outcome: 'completed' });
    } catch (error) {
      await this.giveBack(job, claimed, attempt, error);
      throw error;
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
    const { manager } = this.options.database.dataSource;
    const recording = await manager.findOneByOrFail(RecordingRow, { recordingSid });
    const call = await manager.findOneBy(CallRow, { callSid });
    const file = await this.options.files.getRecordingFile(recording);
    const result = await transcribeFile(file, recording.kind, {
      transcriber: this.options.transcriber,
      // The call's events may have arrived after the job was written.
      locale: call?.locale ?? job.data.locale,
      book: this.bookOf(claimed),
      signal,
    });
    await this.assertHeld(
      this.options.database.transaction(async (inOne) => {
        if (!(await lockCall(inOne, callSid))) return false;
        if (!(await completeTranscription(inOne, claimed.claim, result))) return false;
        await refreshSearch(inOne, callSid);
        return true;
      }),
    );
    this.options.logger.info(recordingEvents.transcribed, {
      callSid,
      recordingSid,
      segments: result.segments.length,
      characters: result.text.length,
    });
  }

  private bookOf({ claim, answers }: ClaimedTranscript): AnswerBook {
    const { manager } = this.options.database.dataSource;
    return {
      asking: async () => {
        await this.assertHeld(countPaidRequest(manager, claim));
        this.paid.inc();
      },
      get: (key) => answers[key],
      keep: (key, answer) =>
        retry(paidAnswerRetry, () => this.assertHeld(keepAnswer(manager, claim, key, answer)), {
          isRetryable: isConnectionError,
        }),
    };
  }

  /** Whoever lost the claim stops: another worker has it, or the call's data was deleted. */
  private async assertHeld(update: Promise<boolean>): Promise<void> {
    if (!(await update)) throw new Error('the claim of this transcription was lost');
  }

  private async giveBack(
    job: TranscribeRecordingJob,
    { claim }: ClaimedTranscript,
    attempt: number,
    error: unknown,
  ): Promise<void> {
    const reason = error instanceof Error ? error.message : String(error);
    const isLast = attempt >= this.retry.attempts;
    const status = isLast ? 'failed' : 'queued';
    this.outcomes.inc({ outcome: isLast ? 'failed' : 'retried' });
    const { callSid, recordingSid } = job.data;
    this.options.logger[isLast ? 'error' : 'warn'](recordingEvents.transcriptionFailed, {
      callSid,
      recordingSid,
      attempt,
      isLast,
      reason,
    });
    const { manager } = this.options.database.dataSource;
    // A database that is away as well leaves the claim to its lease.
    await giveBackTranscription(manager, claim, status, reason).catch(() => false);
  }
}
