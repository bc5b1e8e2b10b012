import { type AttemptState } from '@frontdesk/contracts';
import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** Attempts of these states that Twilio should be asked about now; no other worker gets them before `againMs`. */
export const takeChecks = (
  manager: EntityManager,
  states: readonly AttemptState[],
  againMs: number,
  limit: number,
): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET check_at = now() + $2 * interval '1 millisecond'
     WHERE id IN (SELECT id FROM attempts WHERE state = ANY($1) AND check_at <= now()
       ORDER BY check_at LIMIT $3 FOR UPDATE SKIP LOCKED)
     RETURNING *`,
    [states, againMs, limit],
  );
