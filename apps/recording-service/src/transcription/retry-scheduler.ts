import { type Logger } from '@frontdesk/observability';
import { type Database } from '@frontdesk/persistence';
import { appendTranscriptionJob } from '../recording/apply-report';
import { recordingEvents } from '../events';

/** Jobs given out a round. */
const BATCH = 100;
/** A job that was given out and not begun for this long is given out again: Kafka may have lost it. */
const LOST_AFTER_MS = 10 * 60_000;

interface DueTranscript {
  recordingSid: string;
  callSid: string;
  businessId: string | null;
  accountSid: string | null;
  locale: string | null;
}

/**
 * Gives transcriptions out again when their next try is due, when the worker that had them is gone, or when their job got
 * lost. The time is in the row, so it survives this process; of several replicas each takes other rows.
 */
export class RetryScheduler implements AsyncDisposable {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private isDisposed = false;

  private constructor(
    private readonly options: {
      database: Database;
      localeDefault: string;
      intervalMs: number;
      logger: Logger;
    },
  ) {}

  static start(options: RetryScheduler['options']): RetryScheduler {
    const scheduler = new RetryScheduler(options);
    scheduler.schedule();
    return scheduler;
  }

  /** @returns how many jobs were given out */
  runOnce(): Promise<number> {
    const { database, localeDefault } = this.options;
    return database.transaction(async (manager) => {
      const [due] = await manager.query<[DueTranscript[], number]>(
        `WITH due AS (
           SELECT id FROM transcripts WHERE status IN ('queued', 'running') AND next_try_at <= now()
           ORDER BY next_try_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED)
         UPDATE transcripts SET next_try_at = now() + ${LOST_AFTER_MS} * interval '1 millisecond'
         FROM due, calls
         WHERE transcripts.id = due.id AND calls.call_sid = transcripts.call_sid
         RETURNING recording_sid AS "recordingSid", transcripts.call_sid AS "callSid",
           calls.business_id AS "businessId", calls.account_sid AS "accountSid", calls.locale`,
      );
      for (const row of due)
        await appendTranscriptionJob(manager, { ...row, locale: row.locale ?? localeDefault });
      return due.length;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.isDisposed) return;
    this.timer = setTimeout(() => {
      this.running = this.runOnce()
        .then(
          () => undefined,
          (error: unknown) => this.options.logger.debug(recordingEvents.schedulingFailed, { error }),
        )
        .finally(() => this.schedule());
    }, this.options.intervalMs);
  }
}
