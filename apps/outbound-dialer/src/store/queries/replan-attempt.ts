import { type AttemptState } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { type AttemptRow } from '../rows';
import { moveAttempt } from './move-attempt';

/**
 * published, claimed, asked or unknown → planned: certain that Twilio placed no call, so the same attempt may be dialled
 * again. Gives its slot back.
 * @param refusals requests that count from here on as having placed nothing; without it, as many as before
 */
export const replanAttempt = (
  manager: EntityManager,
  { id, fence }: Pick<AttemptRow, 'id' | 'fence'>,
  from: readonly AttemptState[],
  { dueAt, reason, refusals = null }: { dueAt: Date; reason: string; refusals?: number | null },
): Promise<AttemptRow | undefined> =>
  moveAttempt(
    manager,
    `UPDATE attempts SET state = 'planned', due_at = $4, reason = $5, refusals = coalesce($6, refusals),
       lease_until = NULL, asked_at = NULL, check_at = NULL, listings = 0, changed_at = now()
     WHERE id = $1 AND fence = $2 AND state = ANY($3) AND call_sid IS NULL`,
    [id, fence, from, dueAt, reason, refusals],
  );
