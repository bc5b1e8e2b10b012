import { type EntityManager } from 'typeorm';
import { type Transcript } from '@frontdesk/contracts';
import { type TranscriptionAnswer } from '../entities';

/** A claim that is not renewed for this long belongs to a process that is gone. */
export const CLAIM_LEASE_MS = 30_000;

export interface ClaimedTranscript {
  id: string;
  claim: string;
  answers: Record<string, TranscriptionAnswer>;
  /** Failed tries so far. */
  attempts: number;
}

export type ClaimOutcome = ClaimedTranscript | 'done' | 'busy' | 'unknown';

const leased = `claimed_until = now() + $2 * interval '1 millisecond', next_try_at = now() + $2 * interval '1 millisecond'`;

/** Takes a transcription for this worker before anything is paid for; in one statement, so that one of two gets it. */
export const claimTranscription = async (
  manager: EntityManager,
  recordingSid: string,
  claim: string,
): Promise<ClaimOutcome> => {
  const [rows] = await manager.query<[ClaimedTranscript[], number]>(
    `UPDATE transcripts SET status = 'running', claim = $3, error = NULL, updated_at = now(), ${leased},
       attempts = CASE WHEN status = 'failed' THEN 0 ELSE attempts END
     WHERE recording_sid = $1
       AND (status IN ('queued', 'failed') OR (status = 'running' AND claimed_until < now()))
     RETURNING id, claim, answers, attempts`,
    [recordingSid, CLAIM_LEASE_MS, claim],
  );
  if (rows[0]) return rows[0];
  const [row] = await manager.query<{ status: string }[]>(
    'SELECT status FROM transcripts WHERE recording_sid = $1',
    [recordingSid],
  );
  if (!row) return 'unknown';
  return row.status === 'completed' ? 'done' : 'busy';
};

/** All of these do nothing, and say so, once the claim is another's. */
const underClaim = async (
  manager: EntityManager,
  claim: string,
  set: string,
  values: unknown[] = [],
): Promise<boolean> => {
  const [, count] = await manager.query<[unknown, number]>(
    `UPDATE transcripts SET ${set}, updated_at = now() WHERE claim = $1 AND status = 'running'`,
    [claim, ...values],
  );
  return count > 0;
};

export const renewClaim = (manager: EntityManager, claim: string): Promise<boolean> =>
  underClaim(manager, claim, leased, [CLAIM_LEASE_MS]);

/**
 * Counts a request before it is made. What was asked before without a known answer may have been billed, and counts as
 * repeated.
 * @returns whether it is a repeat; null when the claim is another's
 */
export const countRequest = async (
  manager: EntityManager,
  claim: string,
  key: string,
  seconds: number,
): Promise<boolean | null> => {
  const [rows] = await manager.query<[{ isRepeat: boolean }[], number]>(
    `UPDATE transcripts SET paid_requests = paid_requests + 1, ${leased},
       repeated_requests = repeated_requests + (asked ? $3)::int,
       asked = asked || jsonb_build_object($3::text, COALESCE((asked->>$3)::int, 0) + 1),
       audio_seconds = audio_seconds + $4, updated_at = now()
     WHERE claim = $1 AND status = 'running' RETURNING (asked->>$3)::int > 1 AS "isRepeat"`,
    [claim, CLAIM_LEASE_MS, key, seconds],
  );
  return rows[0]?.isRepeat ?? null;
};

/** The provider refused: nothing was billed for this request. What an earlier one may have cost stays counted. */
export const uncountRequest = (
  manager: EntityManager,
  claim: string,
  key: string,
  seconds: number,
): Promise<boolean> =>
  underClaim(
    manager,
    claim,
    `paid_requests = paid_requests - 1, audio_seconds = audio_seconds - $3,
     repeated_requests = repeated_requests - ((asked->>$2)::int > 1)::int,
     asked = CASE WHEN (asked->>$2)::int > 1 THEN asked || jsonb_build_object($2::text, (asked->>$2)::int - 1)
       ELSE asked - $2 END`,
    [key, seconds],
  );

export const keepAnswer = (
  manager: EntityManager,
  claim: string,
  key: string,
  answer: TranscriptionAnswer,
): Promise<boolean> =>
  underClaim(
    manager,
    claim,
    'answers = answers || jsonb_build_object($2::text, $3::jsonb), asked = asked - $2::text',
    [key, JSON.stringify(answer)],
  );

export const completeTranscription = (
  manager: EntityManager,
  claim: string,
  result: Pick<Transcript, 'text' | 'language' | 'segments'>,
): Promise<boolean> =>
  underClaim(
    manager,
    claim,
    `status = 'completed', text = $2, language = $3, segments = $4::jsonb, claim = NULL, claimed_until = NULL`,
    [result.text, result.language, JSON.stringify(result.segments)],
  );

/**
 * Gives a claim back after a failed try: to be tried again after `waitMs` (`queued`), or `failed` for a person to see.
 * A worker that merely stops gives it back as `stopped`: no try was used up.
 */
export const giveBackTranscription = (
  manager: EntityManager,
  claim: string,
  outcome: 'queued' | 'failed' | 'stopped',
  error: string,
  waitMs: number,
): Promise<boolean> =>
  underClaim(
    manager,
    claim,
    `status = $2, error = $3, attempts = attempts + $4, claim = NULL, claimed_until = NULL,
     next_try_at = now() + $5 * interval '1 millisecond'`,
    [outcome === 'failed' ? 'failed' : 'queued', error, outcome === 'stopped' ? 0 : 1, waitMs],
  );
