import { type Metrics } from '@frontdesk/observability';
import { type Database, isConnectionError, storable } from '@frontdesk/persistence';
import { type BackoffPolicy, retry } from '@frontdesk/runtime';
import { SpeechError } from '@frontdesk/speech';
import { type TranscriptionAnswer } from '../store/entities';
import {
  type ClaimedTranscript,
  countRequest,
  keepAnswer,
  uncountRequest,
} from '../store/queries/transcription-claim';
import { type AnswerBook } from './transcribe-file';

/** An answer is paid for: while the database is away it waits about as long as its claim holds, rather than being bought again. */
const paidAnswerRetry: BackoffPolicy = { attempts: 10, minMs: 200, maxMs: 5000, multiplier: 2 };

/** Counters of what is asked of the provider; the same after a restart of the process only in the database. */
export const requestMetrics = (metrics: Metrics) => ({
  requests: metrics.counter('transcription_requests_total', 'Requests for transcription by how they ended', [
    'outcome',
  ]),
  repeats: metrics.counter(
    'transcription_repeats_total',
    'Requests that asked again for what may have been billed before',
  ),
});
export type RequestMetrics = ReturnType<typeof requestMetrics>;

/** Whoever lost the claim stops: another worker has it, or the call's data was deleted. */
export class ClaimLostError extends Error {
  constructor() {
    super('the claim of this transcription was lost');
    this.name = 'ClaimLostError';
  }
}

/** The answers of one claimed transcription, in its row: counted before they are asked for, kept as soon as they are there. */
export class ClaimedBook implements AnswerBook {
  constructor(
    private readonly database: Database,
    private readonly claimed: ClaimedTranscript,
    private readonly metrics: RequestMetrics,
  ) {}

  get(key: string): TranscriptionAnswer | undefined {
    return this.claimed.answers[key];
  }

  async ask(
    key: string,
    seconds: number,
    perform: () => Promise<TranscriptionAnswer>,
  ): Promise<TranscriptionAnswer> {
    const { manager } = this.database.dataSource;
    const { claim } = this.claimed;
    const isRepeat = await countRequest(manager, claim, key, seconds);
    if (isRepeat === null) throw new ClaimLostError();
    if (isRepeat) this.metrics.repeats.inc();
    let answer: TranscriptionAnswer;
    try {
      const { text, language } = storable(await perform());
      answer = { text, language };
    } catch (error) {
      const isRefused = error instanceof SpeechError && !error.mayBeBilled;
      this.metrics.requests.inc({ outcome: isRefused ? 'refused' : 'unknown' });
      // Not written: it counts as one that may have been billed, which is the safe side.
      if (isRefused) await uncountRequest(manager, claim, key, seconds).catch(() => false);
      throw error;
    }
    this.metrics.requests.inc({ outcome: 'answered' });
    const isKept = await retry(paidAnswerRetry, () => keepAnswer(manager, claim, key, answer), {
      isRetryable: isConnectionError,
    });
    if (!isKept) throw new ClaimLostError();
    return answer;
  }
}
