import { type EntityManager } from 'typeorm';
import { type Transcript } from '@frontdesk/contracts';
import { type TranscriptionAnswer } from '../entities';

/** A claim that is not renewed for this long belongs to a process that is gone. */
export const CLAIM_LEASE_MS = 30_000;

export interface ClaimedTranscript {
  id: string;
  claim: string;
  answers: Record<string, TranscriptionAnswer>;
}

export type ClaimOutcome = ClaimedTranscript | 'done' | 'busy' | 'unknown';

/** Takes a transcription for this worker before anything is paid for; in one statement, so that one of two gets it. */
export const claimTranscription = async (
  manager: EntityManager,
  recordingSid: string,
  claim: string,
): Promise<ClaimOutcome> => {
  const [rows] = await manager.query<[ClaimedTranscript[], number]>(
    `UPDATE transcripts SET status = 'running', claim = $2, error = NULL, updated_at = now(),
       claimed_until = now() + $3 * interval '1 millisecond'
     WHERE recording_sid = $1
       AND (status IN ('queued', 'failed') OR (status = 'running' AND claimed_until < now()))
     RETURNING id, claim, answers`,
    [recordingSid, claim, CLAIM_LEASE_MS],
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
  underClaim(manager, claim, `claimed_until = now() + $2 * interval '1 millisecond'`, [CLAIM_LEASE_MS]);

export const countPaidRequest = (manager: EntityManager, claim: string): Promise<boolean> =>
  underClaim(
    manager,
    claim,
    `paid_requests = paid_requests + 1, claimed_until = now() + $2 * interval '1 millisecond'`,
    [CLAIM_LEASE_MS],
  );

export const keepAnswer = (
  manager: EntityManager,
  claim: string,
  key: string,
  answer: TranscriptionAnswer,
): Promise<boolean> =>
  underClaim(manager, claim, 'answers = answers || jsonb_build_object($2::text, $3::jsonb)', [
    key,
    JSON.stringify(answer),
  ]);

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

/** Gives a claim back: to be tried again (`queued`), or `failed` for a person to see. */
export const giveBackTranscription = (
  manager: EntityManager,
  claim: string,
  status: 'queued' | 'failed',
  error: string,
): Promise<boolean> =>
  underClaim(manager, claim, 'status = $2, error = $3, claim = NULL, claimed_until = NULL', [status, error]);
