import { type EntityManager } from 'typeorm';
import { updated, type AttemptRow } from '../rows';

/** claimed and out of time → planned: its worker is gone and Twilio was not asked. */
export const releaseClaims = (manager: EntityManager): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET state = 'planned', due_at = now(), lease_until = NULL, fence = fence + 1, changed_at = now()
     WHERE state = 'claimed' AND lease_until < clock_timestamp() RETURNING *`,
    [],
  );

/** asked and out of time → unknown: its worker is gone and Twilio may have placed the call. */
export const suspectAsked = (manager: EntityManager): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET state = 'unknown', reason = 'the worker that asked is gone', lease_until = NULL,
       check_at = now(), changed_at = now()
     WHERE state = 'asked' AND lease_until < clock_timestamp() RETURNING *`,
    [],
  );

/** published and never claimed → planned: its message was lost. A late message of it finds nothing to claim. */
export const recallPublished = (manager: EntityManager, afterMs: number): Promise<AttemptRow[]> =>
  updated(
    manager,
    `UPDATE attempts SET state = 'planned', due_at = now(), changed_at = now()
     WHERE state = 'published' AND changed_at < now() - $1 * interval '1 millisecond' RETURNING *`,
    [afterMs],
  );
